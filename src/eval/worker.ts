/**
 * A worker thread of the evaluation: holds one model, float or golden, and returns the surprise of one window at a time.
 */
import { workerData } from 'piscina';
import { type EvalSource, loadWindowModel, type WindowModel } from './window-model.js';

let model: Promise<WindowModel> | undefined;

/** Sum of -log p over tokens 1, 2, ... of the window, in nats. */
export default async function windowNats(tokens: Int32Array): Promise<number> {
  model ??= loadWindowModel(workerData as EvalSource);
  return (await model).nats(tokens);
}
