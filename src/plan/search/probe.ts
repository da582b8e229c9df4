/**
 * Area of a shape without building it: that of a base shape, counted, and for every size in which the two differ what one step of it costs, also
 * counted, on a neighbour of the base. Area is a sum over engines that are linear in their lanes, near enough; block RAM comes in steps and is
 * added up memory by memory.
 */
import { KernelError } from '../../kernel/kernel-error.js';
import type { AcceleratorShape, MatShape, ShapeParameters } from '../../units/shape.js';
import type { Resources } from '../area/resources.js';
import { estimateBram } from './bram.js';

/** Estimated area of a shape. */
export type Estimate = (shape: AcceleratorShape) => Resources;

type Figures = Pick<Resources, 'lut' | 'ff' | 'dsp'>;

/** The sizes that area is linear in. */
const SIZES = {
  inMacs: ({ inProj: { rows, cols } }) => rows * cols,
  inRows: ({ inProj }) => inProj.rows,
  inLutMacs: ({ inProj: { lutRows, cols } }) => lutRows * cols,
  outMacs: ({ outProj: { rows, cols } }) => rows * cols,
  outRows: ({ outProj }) => outProj.rows,
  outLutMacs: ({ outProj: { lutRows, cols } }) => lutRows * cols,
  ssm: ({ ssm }) => ssm.rows * ssm.cols,
  norm: ({ normLanes }) => normLanes,
  rescale: ({ rescaleLanes }) => rescaleLanes,
  conv: ({ convLanes }) => convLanes,
  gate: ({ gateLanes }) => gateLanes,
  add: ({ addLanes }) => addLanes,
} satisfies Readonly<Record<string, (shape: AcceleratorShape) => number>>;

type Size = keyof typeof SIZES;
const names = Object.keys(SIZES) as Size[];

const halfAndTwice = (n: number) => (n % 2 === 0 ? [n / 2, 2 * n] : [2 * n]);

/** What makes neighbours of a shape, for each size that is measured: the first that builds is taken. Sizes that come before are charged first. */
function neighbours(base: AcceleratorShape): (readonly [Size, readonly Partial<ShapeParameters>[]])[] {
  const lanes = (name: 'normLanes' | 'rescaleLanes' | 'convLanes' | 'gateLanes' | 'addLanes') =>
    halfAndTwice(base[name]).map((n) => ({ [name]: n }));
  const array = (name: 'inProj' | 'outProj', changes: readonly Partial<MatShape>[]) =>
    changes.map((change) => ({ [name]: { ...base[name], ...change } }));
  const { ssm, inProj, outProj } = base;
  return [
    ['norm', lanes('normLanes')],
    ['rescale', lanes('rescaleLanes')],
    ['conv', lanes('convLanes')],
    ['gate', lanes('gateLanes')],
    ['add', lanes('addLanes')],
    [
      'ssm',
      [
        ...halfAndTwice(ssm.cols).map((cols) => ({ ssm: { ...ssm, cols } })),
        ...halfAndTwice(ssm.rows).map((rows) => ({ ssm: { ...ssm, rows } })),
      ],
    ],
    ['inLutMacs', array('inProj', [{ lutRows: 2 }])],
    ['outLutMacs', array('outProj', [{ lutRows: 2 }])],
    [
      'inMacs',
      array(
        'inProj',
        halfAndTwice(inProj.cols).map((cols) => ({ cols })),
      ),
    ],
    [
      'outMacs',
      array(
        'outProj',
        halfAndTwice(outProj.cols).map((cols) => ({ cols })),
      ),
    ],
    [
      'inRows',
      array(
        'inProj',
        halfAndTwice(inProj.rows).map((rows) => ({ rows })),
      ),
    ],
    [
      'outRows',
      array(
        'outProj',
        halfAndTwice(outProj.rows).map((rows) => ({ rows })),
      ),
    ],
  ];
}

/**
 * The estimate around `base`. `count` builds a shape and counts it; neighbours that it refuses (a KernelError: lanes that do not divide) leave
 * their size at no cost, which the search's own correction by counted shapes makes up for.
 */
export function probedEstimate(
  base: AcceleratorShape,
  count: (shape: AcceleratorShape) => Resources,
): Estimate {
  const own = count(base);
  const cost = new Map<Size, Figures>();
  for (const [size, changes] of neighbours(base)) {
    const [shape, used] = firstCounted(base, changes, count) ?? [];
    if (!shape || !used) continue;
    const step = SIZES[size](shape) - SIZES[size](base);
    const known = estimateFigures(own, base, shape, cost);
    const by = (kind: keyof Figures) => (used[kind] - known[kind]) / step;
    // Flip-flops come in steps where a word becomes wide; more lanes never save any.
    cost.set(size, { lut: by('lut'), ff: Math.max(0, by('ff')), dsp: by('dsp') });
  }
  const otherBram = own.bram36 - estimateBram(base);
  return (shape) => ({
    ...estimateFigures(own, base, shape, cost),
    bram36: estimateBram(shape) + otherBram,
  });
}

/** The first shape that builds, and its area. */
function firstCounted(
  base: AcceleratorShape,
  changes: readonly Partial<ShapeParameters>[],
  count: (shape: AcceleratorShape) => Resources,
): readonly [AcceleratorShape, Resources] | undefined {
  for (const change of changes)
    try {
      const shape = base.with(change);
      return [shape, count(shape)];
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  return undefined;
}

function estimateFigures(
  own: Figures,
  base: AcceleratorShape,
  shape: AcceleratorShape,
  cost: ReadonlyMap<Size, Figures>,
): Figures {
  const sum = { lut: own.lut, ff: own.ff, dsp: own.dsp };
  for (const name of names) {
    const step = SIZES[name](shape) - SIZES[name](base);
    const each = cost.get(name);
    if (!each || step === 0) continue;
    sum.lut += step * each.lut;
    sum.ff += step * each.ff;
    sum.dsp += step * each.dsp;
  }
  return { ...sum, ff: Math.max(0, sum.ff) };
}
