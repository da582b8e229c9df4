/** Continues many prompts on one engine, as many at a time as it has slots. */

import type { Scheduler } from './scheduler.js';
import { Continuation, type ContinuationRequest } from './text/continuation.js';

/** A continued prompt. */
export interface BatchText {
  /** Place of its prompt, from 0. */
  readonly index: number;
  readonly continuation: Continuation;
}

/**
 * Runs all; `onText` gets them in the order of `requests`, each as soon as it and those before it have ended. False from it ends the rest. Rejects when
 * the engine fails.
 */
export async function runBatch(
  scheduler: Scheduler,
  requests: readonly ContinuationRequest[],
  onText: (text: BatchText) => boolean,
): Promise<void> {
  const added = requests.map((request) => {
    const continuation = new Continuation(request);
    return { continuation, ticket: scheduler.add(continuation) };
  });
  // One rejection is enough; the others must not be unheard.
  for (const { ticket } of added) ticket.ended.catch(() => {});
  for (const [index, { continuation, ticket }] of added.entries()) {
    await ticket.ended;
    if (onText({ index, continuation })) continue;
    for (const rest of added.slice(index + 1)) rest.ticket.cancel();
    return;
  }
}
