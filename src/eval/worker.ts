/**
 * A worker thread of the evaluation: holds one model, float or golden, and scores one list of continuations at a time.
 */
import { workerData } from 'piscina';
import type { ContinuationRequest, ContinuationScore } from './score.js';
import { type EvalSource, loadWindowModel, type WindowModel } from './window-model.js';

let model: Promise<WindowModel> | undefined;

/** How likely each continuation is after its context. */
export default async function score(requests: readonly ContinuationRequest[]): Promise<ContinuationScore[]> {
  model ??= loadWindowModel(workerData as EvalSource);
  return (await model).score(requests);
}
