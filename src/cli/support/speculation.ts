/** What drafts were worth: how many a call were right, and the speed that the plan gives for such calls. */
import { callTimer } from '../../plan/time/call-cycles.js';
import { draftedCall } from '../../plan/time/speculation.js';
import type { Speculation } from '../../schema/run.js';
import type { CallRecord } from '../../serve/scheduler.js';
import type { ModelFolder } from './model-folder.js';
import { findPlanModel } from './plan-model.js';
import { planAsAsked } from './plan-options.js';
import type { TextModelOptions } from './text-model.js';

/** Of one text's calls; plans the accelerator as the options say. The call that ends the prompt does not count. */
export async function speculationOf(
  model: ModelFolder,
  options: TextModelOptions,
  calls: readonly CallRecord[],
): Promise<Speculation> {
  const planned = await planAsAsked(await findPlanModel(model.path, options), options);
  const { plan, device } = planned;
  const cyclesOf = callTimer(planned, plan.model.layers);
  const decode = calls.slice(calls.findIndex(({ drawn }) => drawn > 0) + 1);
  const sum = (of: (call: CallRecord) => number) => decode.reduce((total, call) => total + of(call), 0);
  const tokens = sum(({ drawn }) => drawn);
  const cycles = sum((call) => cyclesOf(draftedCall(call.tokens, call.drafts)));
  const isNone = decode.length === 0;
  return {
    drafts: sum(({ drafts }) => drafts),
    accepted: sum(({ accepted }) => accepted),
    calls: decode.length,
    tokens,
    tokensPerCall: isNone ? null : tokens / decode.length,
    cycles,
    tokensPerSecond: isNone ? null : (tokens * device.clockMHz * 1e6) / cycles,
    plainTokensPerSecond: plan.decode.tokensPerSecond,
  };
}

export function speculationNote(speculation: Speculation): string {
  const { drafts, accepted, calls, tokensPerCall, tokensPerSecond, plainTokensPerSecond } = speculation;
  if (tokensPerCall === null || tokensPerSecond === null) return 'speculation: no call after the prompt';
  const share = `${accepted} of ${drafts} drafts accepted, ${calls} calls, ${tokensPerCall.toFixed(2)} tokens a call`;
  return `speculation: ${share}; planned ${tokensPerSecond.toFixed(1)} tokens a second (${plainTokensPerSecond.toFixed(1)} without)`;
}
