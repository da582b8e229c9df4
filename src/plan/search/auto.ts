/**
 * `--preset auto`: what the search (search/) finds for a model, a device and a workload, with its Pareto front; where nothing fits, what is
 * short and the nearest plan that does.
 */
import { UserError } from '../../errors.js';
import type { TimingTarget } from '../../schedule/target.js';
import type { AcceleratorShape, ModelDims } from '../../units/shape.js';
import type { Resources } from '../area/resources.js';
import type { Device } from '../board/device.js';
import { shortOf } from '../budget.js';
import type { FrontPoint } from '../plan-types.js';
import { prefillLoads } from '../time/engine-load.js';
import { frontOf } from './front.js';
import { type CountedShape, searchShapes } from './search.js';
import { wholeSpace } from './space.js';
import type { Workload } from './workload.js';

/** What was found. */
export interface AutoShape {
  readonly found: CountedShape;
  readonly notes: readonly string[];
  readonly front: readonly FrontPoint[];
}

export interface AutoRequest {
  readonly dims: ModelDims;
  readonly device: Device;
  readonly workload: Workload;
  /** What may be used. */
  readonly limit: Resources;
  readonly target: TimingTarget;
}

/** Searches. Throws UserError naming what is short, by how much, and the nearest plan that fits. */
export function autoShape({ dims, device, workload, limit, target }: AutoRequest): AutoShape {
  const space = wholeSpace(dims, device, workload.prefillTokens);
  const arena = { dims, device, limit, space, tokens: workload.prefillTokens };
  const result = searchShapes(arena, workload, target);
  if (!result.best) throw new UserError(nothingFits(result.smallest, limit, device));
  const { best } = result;
  return { found: best, notes: notesOf(best.shape, device), front: frontOf(result, best, device) };
}

function nothingFits(
  { used, shape, decodeTokensPerSecond }: CountedShape,
  limit: Resources,
  device: Device,
): string {
  const short = shortOf(used, limit);
  const lacks = short.map(
    (kind) =>
      `${kind} ${figure(used[kind])} of ${figure(limit[kind])} (${figure(used[kind] - limit[kind])} short)`,
  );
  const nearest = short.map((kind) => `${kind}=${Math.ceil(used[kind])}`).join(',');
  const { inProj, outProj, chunkTokens } = shape;
  return [
    `plan: nothing fits: the smallest accelerator for this model on ${device.name} needs ${lacks.join(', ')}`,
    `plan: nearest plan that fits: --under ${nearest} (in_proj ${inProj.rows} x ${inProj.cols}, out_proj ${outProj.rows} x ${outProj.cols}, chunks of ${chunkTokens} tokens, about ${decodeTokensPerSecond.toPrecision(3)} tokens/s in decode)`,
  ].join('\n');
}

const figure = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

function notesOf(shape: AcceleratorShape, device: Device): string[] {
  const [slowest, next] = [...prefillLoads(shape, device)].sort((a, b) => b.cycles - a.cycles);
  return [
    `prefill is paced by ${slowest.engine} (${slowest.cycles.toFixed(0)} cycles a token and layer), next is ${next.engine} (${next.cycles.toFixed(0)})`,
  ];
}
