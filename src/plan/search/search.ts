/**
 * `--preset auto`: the fastest accelerator within a device. For every chunk length and every pace that some engine can set, the smallest
 * accelerator of that pace (design.ts); of all these, by estimated merit, the first whose counted area is within the limit, and of its equals
 * the smallest. Speed depends on pace and chunk alone and area grows with the pace, so nothing outside this list is faster and fits.
 */
import { UserError } from '../../errors.js';
import { scheduleNetwork } from '../../schedule/asap.js';
import type { Schedule } from '../../schedule/schedule.js';
import type { TimingTarget } from '../../schedule/target.js';
import { buildLayerNetwork, type LayerNetwork, layerAsWritten } from '../../units/layer/network.js';
import { type AcceleratorShape, stateSteps } from '../../units/shape.js';
import { powersTo } from '../../util/powers-of-two.js';
import { AlikeNetworks } from '../area/alike.js';
import { networkResources } from '../area/network.js';
import { allUnits, type Resources, totalResources } from '../area/resources.js';
import { shortOf } from '../budget.js';
import { MOST_LANES } from '../shape/shape-limits.js';
import { type Arena, arraysAt, type ChunkArrays, designFor, withLutRows } from './design.js';
import { type Estimate, probedEstimate } from './probe.js';
import { COUPLING, merit, type Speed, speedEstimate, type Workload } from './workload.js';

/** A shape with its estimates. */
export interface RatedShape extends Speed {
  readonly shape: AcceleratorShape;
  /** Higher is better. */
  readonly merit: number;
  readonly estimate: Resources;
}

/** A shape whose network was built, scheduled and counted. */
export interface CountedShape extends RatedShape {
  readonly layer: LayerNetwork;
  readonly schedule: Schedule;
  readonly used: Resources;
}

export interface SearchResult {
  /** The fastest shape within the limit; undefined where nothing fits. */
  readonly best: CountedShape | undefined;
  /** All designs, best merit first. */
  readonly designs: readonly RatedShape[];
  /** Counted over estimated area, by which the estimates of `designs` may be corrected. */
  readonly correction: Correction;
  /** The smallest design: what the model needs at least. */
  readonly smallest: CountedShape;
}

/** Factors on an estimate. */
export type Correction = Readonly<Record<keyof Resources, number>>;

/** Corrected estimates this far over the limit are not built: more than they are off by. */
const BAND = 1.03;
/** Merits that differ by less are equal. */
const NO_DIFFERENCE = 0.005;
/** Rounds of moving products to LUTs until the counted DSP blocks fit. */
const LUT_ROUNDS = 3;

/** Searches. Throws KernelError for dims that no shape fits, UserError where there is no design at all. */
export function searchShapes(arena: Arena, workload: Workload, target: TimingTarget): SearchResult {
  const estimate = estimateFor(arena, target);
  const designs = allDesigns(arena, workload, estimate);
  if (designs.length === 0) throw nothingFound(arena);
  const smallest = counted(
    designs.reduce((least, design) =>
      shareOf(design.estimate, arena) < shareOf(least.estimate, arena) ? design : least,
    ),
    target,
  );
  let correction: Correction = { lut: 1, ff: 1, dsp: 1, bram36: 1 };
  const fits = (used: Resources) => shortOf(used, arena.limit).length === 0;
  for (const design of designs) {
    if (shortOf(corrected(design.estimate, correction, 1 / BAND), arena.limit).length > 0) continue;
    const built = withinDsp(design, arena, target, estimate);
    correction = correctionOf(built);
    if (fits(built.used)) return { best: leanest(built), designs, correction, smallest };
  }
  return { best: fits(smallest.used) ? smallest : undefined, designs, correction, smallest };

  /** The smallest of those that are as good as `fastest` within the estimate's own error. */
  function leanest(fastest: CountedShape): CountedShape {
    const near = designs.filter((design) => design.merit >= fastest.merit * (1 - NO_DIFFERENCE));
    const size = (design: RatedShape) => shareOf(design.estimate, arena);
    const lean = near.reduce(
      (least, design) => (size(design) < size(least) ? design : least),
      fastest as RatedShape,
    );
    if (lean === fastest) return fastest;
    const built = withinDsp(lean, arena, target, estimate);
    return fits(built.used) ? built : fastest;
  }
}

/** A memory far slower than any board's, for one, leaves no pace to search at. */
const nothingFound = ({ device }: Arena): UserError =>
  new UserError(`plan: preset auto finds no design for this model on ${device.name}; use --preset small`);

/** Products a cycle of the design that estimates are made around, for each DSP block that may be used: near what will be chosen. */
const BASE_PRODUCTS = 1.5;

/** An estimate around the fastest design of middling chunks whose arrays are not too large. */
function estimateFor(arena: Arena, target: TimingTarget): Estimate {
  const { chunkTokens } = arena.space;
  const arrays = arraysAt(arena, chunkTokens[Math.floor(chunkTokens.length / 2)]);
  const designs = paces(arena, arrays).flatMap((pace) => designFor(arena, arrays, pace, false) ?? []);
  const products = ({ inProj, outProj }: AcceleratorShape) =>
    inProj.rows * inProj.cols + outProj.rows * outProj.cols;
  const base =
    designs.find((design) => products(design) <= BASE_PRODUCTS * arena.limit.dsp) ?? designs.at(-1);
  if (!base) throw nothingFound(arena);
  const alike = new AlikeNetworks(target);
  return probedEstimate(base, (shape) => alike.area(layerAsWritten(shape)));
}

/** Moves products to LUTs until the counted DSP blocks are within the limit, as far as that goes. */
function withinDsp(
  design: RatedShape,
  { limit, space }: Arena,
  target: TimingTarget,
  estimate: Estimate,
): CountedShape {
  let best = counted(design, target);
  for (let round = 0; round < LUT_ROUNDS && space.lutRows && best.used.dsp > limit.dsp; round++) {
    const shape = withLutRows(best.shape, best.used.dsp - limit.dsp);
    if (shape === best.shape) break;
    best = counted({ ...design, shape, estimate: estimate(shape) }, target);
  }
  return best;
}

/** Builds, schedules and counts. */
export function counted(design: RatedShape, target: TimingTarget): CountedShape {
  const layer = buildLayerNetwork(design.shape);
  const schedule = scheduleNetwork(layer.network, target);
  const used = totalResources(allUnits(networkResources(layer.network, schedule)));
  return { ...design, layer, schedule, used };
}

/** An estimate times `correction` and `factor`. */
export function corrected(estimate: Resources, correction: Correction, factor = 1): Resources {
  const by = (kind: keyof Resources) => estimate[kind] * correction[kind] * factor;
  return { lut: by('lut'), ff: by('ff'), dsp: by('dsp'), bram36: by('bram36') };
}

function correctionOf({ used, estimate }: CountedShape): Correction {
  const by = (kind: keyof Resources) => used[kind] / Math.max(1, estimate[kind]);
  return { lut: by('lut'), ff: by('ff'), dsp: by('dsp'), bram36: by('bram36') };
}

/** Largest share of the limit. */
export function shareOf(used: Resources, { limit }: Pick<Arena, 'limit'>): number {
  const kinds = ['lut', 'ff', 'dsp', 'bram36'] as const;
  return Math.max(
    ...kinds.map((kind) => (limit[kind] > 0 ? used[kind] / limit[kind] : Number(used[kind] > 0) * 1e9)),
  );
}

/** The smallest design of every pace at every chunk length; best merit first, of equals the smaller. */
function allDesigns(arena: Arena, workload: Workload, estimate: Estimate): RatedShape[] {
  const { device, space, limit } = arena;
  const found: RatedShape[] = [];
  const rated = (given: AcceleratorShape): RatedShape => {
    const shape = space.lutRows ? withLutRows(given, estimate(given).dsp - limit.dsp) : given;
    const used = estimate(shape);
    const speed = speedEstimate(shape, device, workload, Math.max(0, limit.bram36 - used.bram36));
    return { shape, estimate: used, ...speed, merit: merit(speed, workload.purpose) };
  };
  for (const t of space.chunkTokens) {
    const arrays = arraysAt(arena, t);
    const seen = new Set<string>();
    for (const pace of paces(arena, arrays))
      for (const takesStream of [true, false]) {
        const shape = designFor(arena, arrays, pace, takesStream);
        if (!shape) continue;
        const key = JSON.stringify({ ...shape, dims: undefined });
        if (seen.has(key)) continue;
        seen.add(key);
        for (const pairs of space.pairs) found.push(rated(shape.with({ pairs })));
      }
  }
  const size = new Map(found.map((design) => [design, shareOf(design.estimate, arena)]));
  return found.sort((a, b) => b.merit - a.merit || size.get(a)! - size.get(b)!);
}

/** Cycles a token that some engine may set. */
function paces({ dims, space }: Arena, arrays: ChunkArrays): number[] {
  const bc = dims.nGroups * dims.dState;
  const lanes = powersTo(MOST_LANES);
  const all = [
    ...arrays.in.map(({ cycles }) => COUPLING * cycles),
    ...arrays.out.map(({ cycles }) => cycles),
    ...space.ssm.map((ssm) => stateSteps({ dims, ssm })),
    ...[dims.dModel, dims.dInner, dims.dInner + 2 * bc].flatMap((width) => lanes.map((n) => width / n)),
  ];
  return [...new Set(all)].sort((a, b) => a - b);
}
