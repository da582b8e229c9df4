/**
 * Continuous batching: many sequences on one engine. Every call takes tokens of all sequences that have a slot, whether they are the next piece of a
 * prompt or the token that was drawn last, up to the engine's longest call; drafts fill what is left. A sequence that ends leaves its slot at once.
 *
 * A sequence has *pending* tokens: they belong to its text, and the slot's states have not seen them. First that is the prompt. A call that takes all of
 * them draws the next token after the last; with drafts after them, one more after each draft that equals what was drawn. What was drawn is
 * pending then. So prefill, decode and speculation are one thing, and what a sequence draws does not depend on the others, nor on drafts.
 */
import { setImmediate } from 'node:timers/promises';
import type { Part } from '../model/call.js';
import { DraftCount } from './draft/draft-count.js';
import type { Drafting, DraftRequest } from './draft/drafter.js';
import type { Engine } from './engine/engine.js';
import { type Sampling, sample } from './sample.js';

/** A text to continue. */
export interface SequenceRequest {
  /** Ids, at least one. */
  readonly prompt: readonly number[];
  readonly sampling: Sampling;
  /** Tokens that `take` will accept at most: drafts beyond are not made. */
  readonly maxTokens: number;
  /** Called with each token drawn, and the logits that it was drawn from, [vocabSize]; true ends the sequence. */
  take(id: number, logits: Float64Array): boolean;
}

/** How a sequence ended. */
export type End = 'done' | 'cancelled';

/** A sequence that was added. */
export interface Ticket {
  /** Settles when it has ended; rejects when the engine fails. */
  readonly ended: Promise<End>;
  /** Ends it: at once in the queue, after the present call with a slot. */
  cancel(): void;
}

/** What a call was. */
export interface CallRecord {
  readonly sequences: number;
  readonly tokens: number;
  /** Tokens whose logits were wanted. */
  readonly rows: number;
  /** Tokens that were drawn and kept. */
  readonly drawn: number;
  readonly drafts: number;
  readonly accepted: number;
}

export interface SchedulerOptions {
  /** None when absent. */
  readonly drafting?: Drafting | undefined;
  readonly onCall?: ((call: CallRecord) => void) | undefined;
}

interface Running {
  readonly request: SequenceRequest;
  readonly slot: number;
  readonly text: number[];
  /** How many tokens at the end of the text the states have not seen. */
  pending: number;
  drawn: number;
  readonly count: DraftCount;
  isCancelled: boolean;
  readonly settle: (end: End) => void;
  readonly fail: (error: unknown) => void;
}

type Waiting = Pick<Running, 'request' | 'settle' | 'fail'>;

/** A sequence's share of a call. */
interface Share {
  readonly sequence: Running;
  readonly part: Part;
  readonly drafts: readonly number[];
  /** The first of its rows of logits; none where its pending tokens go on in the next call. */
  readonly firstRow: number | undefined;
}

export class Scheduler {
  private readonly waiting: Waiting[] = [];
  private readonly sequences = new Map<number, Running>();
  private readonly free: number[];
  private isAtWork = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly options: SchedulerOptions = {},
  ) {
    // Each sequence must have a token in a call.
    const slots = Math.min(engine.slots, engine.maxTokens);
    this.free = Array.from({ length: slots }, (_, i) => slots - 1 - i);
  }

  /** Sequences without a slot yet. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Sequences that have a slot. */
  get running(): number {
    return this.sequences.size;
  }

  /** Adds a sequence to the end of the queue. */
  add(request: SequenceRequest): Ticket {
    if (this.failure) return { ended: Promise.reject(this.failure.error), cancel() {} };
    let entry!: Waiting;
    const ended = new Promise<End>((settle, fail) => {
      entry = { request, settle, fail };
    });
    this.waiting.push(entry);
    void this.work();
    return { ended, cancel: () => this.cancel(entry) };
  }

  private cancel({ request, settle }: Waiting): void {
    const place = this.waiting.findIndex((other) => other.request === request);
    if (place >= 0) {
      this.waiting.splice(place, 1);
      settle('cancelled');
    }
    for (const sequence of this.sequences.values())
      if (sequence.request === request) sequence.isCancelled = true;
  }

  /** Calls until there is nothing to do. */
  private async work(): Promise<void> {
    if (this.isAtWork) return;
    this.isAtWork = true;
    try {
      // What is added together shares calls; signals and connections have their turn between them.
      for (await setImmediate(); this.waiting.length + this.sequences.size > 0; await setImmediate())
        await this.round();
    } catch (error) {
      this.failure = { error };
      for (const { fail } of [...this.sequences.values(), ...this.waiting]) fail(error);
      this.sequences.clear();
      this.waiting.length = 0;
    } finally {
      this.isAtWork = false;
    }
  }

  private async round(): Promise<void> {
    for (const sequence of [...this.sequences.values()])
      if (sequence.isCancelled) this.leave(sequence, 'cancelled');
    await this.giveSlots();
    if (this.sequences.size === 0) return;
    const shares = await this.shares();
    const wanted = shares.flatMap(({ rows }) => rows);
    const logits = await this.engine.call(
      shares.map(({ part }) => part),
      wanted,
    );
    const { paddedVocabSize, vocabSize } = this.engine;
    const rowOf = (row: number) => logits.subarray(row * paddedVocabSize, row * paddedVocabSize + vocabSize);
    const record = {
      sequences: shares.length,
      tokens: 0,
      rows: wanted.length,
      drawn: 0,
      drafts: 0,
      accepted: 0,
    };
    for (const share of shares) {
      const { sequence, part, drafts, firstRow } = share;
      sequence.pending -= part.gives;
      record.tokens += part.tokens.length;
      if (firstRow === undefined) continue;
      const { drawn, accepted, isEnded } = draw(sequence, drafts, (i) => rowOf(firstRow + i));
      record.drawn += drawn;
      record.drafts += drafts.length;
      record.accepted += accepted;
      if (isEnded) this.leave(sequence, 'done');
    }
    this.options.onCall?.(record);
  }

  /** Free slots to those who wait longest. */
  private async giveSlots(): Promise<void> {
    while (this.free.length > 0 && this.waiting.length > 0) {
      const { request, settle, fail } = this.waiting.shift()!;
      const slot = this.free.pop()!;
      const { drafting } = this.options;
      this.sequences.set(slot, {
        ...{ request, slot, settle, fail },
        text: [...request.prompt],
        pending: request.prompt.length,
        ...{ drawn: 0, isCancelled: false },
        count: new DraftCount(drafting?.count),
      });
      await this.engine.clear(slot);
      await drafting?.drafter.clear(slot);
    }
  }

  private leave(sequence: Running, end: End): void {
    this.sequences.delete(sequence.slot);
    this.free.push(sequence.slot);
    sequence.settle(end);
  }

  /**
   * What each sequence has in the next call: at least a token, and all that is pending of those that decode, since that is little, before the pieces of
   * prompts. Drafts take what room is left.
   */
  private async shares(): Promise<(Share & { readonly rows: readonly number[] })[]> {
    const order = [...this.sequences.values()].sort((a, b) => a.pending - b.pending || a.slot - b.slot);
    let room = this.engine.maxTokens;
    const chosen: { sequence: Running; count: number }[] = [];
    for (const [i, sequence] of order.entries()) {
      const count = Math.min(sequence.pending, room - (order.length - 1 - i));
      chosen.push({ sequence, count });
      room -= count;
    }
    const drafts = await this.draftsFor(
      chosen.flatMap(({ sequence, count }) => (count === sequence.pending ? [sequence] : [])),
      room,
    );
    const shares: (Share & { readonly rows: readonly number[] })[] = [];
    let [first, firstRow] = [0, 0];
    for (const { sequence, count } of chosen) {
      const { text, pending, slot } = sequence;
      const isComplete = count === pending;
      const own = drafts.get(slot) ?? [];
      const from = text.length - pending;
      const tokens = [...text.slice(from, from + count), ...own];
      const end = first + tokens.length;
      const rows = isComplete
        ? Array.from({ length: own.length + 1 }, (_, i) => end - own.length - 1 + i)
        : [];
      const part = { slot, tokens, gives: count };
      shares.push({ sequence, part, drafts: own, firstRow: isComplete ? firstRow : undefined, rows });
      first = end;
      firstRow += rows.length;
    }
    return shares;
  }

  /** Drafts for some sequences, by slot: for the first ones where there is not room for all. */
  private async draftsFor(
    sequences: readonly Running[],
    room: number,
  ): Promise<ReadonlyMap<number, readonly number[]>> {
    const { drafting } = this.options;
    if (!drafting) return new Map();
    let left = room;
    const requests: DraftRequest[] = [];
    for (const { slot, count: next, request, drawn, text } of sequences) {
      const count = Math.min(next.next(), left, request.maxTokens - drawn - 1);
      if (count < 1) continue;
      requests.push({ slot, text, count });
      left -= count;
    }
    if (requests.length === 0) return new Map();
    const drafts = await drafting.drafter.propose(requests);
    return new Map(requests.map(({ slot, count }, i) => [slot, drafts[i].slice(0, count)]));
  }
}

/** Draws tokens of a sequence as far as its drafts are right; `rowOf` has the logits after its last token and after each draft. */
function draw(
  sequence: Running,
  drafts: readonly number[],
  rowOf: (row: number) => Float64Array,
): { drawn: number; accepted: number; isEnded: boolean } {
  const { request, text, count } = sequence;
  let [accepted, drawn, isEnded, isRefused] = [0, 0, false, false];
  for (let row = 0; row <= drafts.length && !isEnded && !isRefused; row++) {
    const logits = rowOf(row);
    const id = sample(logits, request.sampling);
    drawn++;
    text.push(id);
    isEnded = request.take(id, logits);
    if (row === drafts.length) break;
    if (id === drafts[row]) accepted++;
    else isRefused = true;
  }
  sequence.pending += drawn;
  sequence.drawn += drawn;
  if (drafts.length > 0) count.record(accepted, isRefused);
  return { drawn, accepted, isEnded };
}
