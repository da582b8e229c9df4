/** Random accelerator shapes for a quantized model: every lane count drawn from the powers of two that its rules allow; rows of the state space others too. */

import type { QuantizedModel } from '../../src/quant/types.js';
import { fitsGroups } from '../../src/units/movement/weight-stream.js';
import { AcceleratorShape } from '../../src/units/shape.js';
import type { Random } from '../../src/util/random.js';

/** Powers of two that divide every one of `wholes`, at most `most`. */
function lanes(most: number, ...wholes: number[]): number[] {
  const found: number[] = [];
  for (let n = 1; n <= most; n *= 2) if (wholes.every((whole) => whole % n === 0)) found.push(n);
  return found;
}

/** A number of rows out of `choices`, any even number of them in LUTs. */
function mixedRows(random: Random, choices: readonly number[]): { rows: number; lutRows: number } {
  const rows = choices[random.integer(0, choices.length - 1)];
  return { rows, lutRows: 2 * random.integer(0, rows / 2) };
}

/** A shape with arrays of at most 32 x 32. */
export function randomShape(
  random: Random,
  model: QuantizedModel,
  hat: { in: number; out: number },
): AcceleratorShape {
  const { config, options } = model;
  const draw = (choices: readonly number[]) => choices[random.integer(0, choices.length - 1)];
  const bc = config.nGroups * config.dState;
  const residualLanes = draw(lanes(16, config.dModel));
  const gateLanes = draw(lanes(8, config.headDim, config.dInner / (config.groupNorm ? config.nGroups : 1)));
  const normLanes = draw(lanes(16, residualLanes));
  const inProj = {
    ...mixedRows(random, [2, 4, 6, 8, 16, 24, 32]),
    cols: draw(lanes(32, config.dModel).filter((n) => n >= normLanes)),
  };
  const outProj = {
    ...mixedRows(random, [2, 4, 8, 12, 16]),
    cols: draw(lanes(32, config.dInner).filter((n) => n >= gateLanes)),
  };
  const weightPorts = draw([1, 2]);
  const { weightBits, headBits, weightGroup } = options;
  const isNarrow = weightBits < 8;
  const inWord = 8 / weightBits;
  const bytes = lanes(64, inProj.rows * inProj.cols, outProj.rows * outProj.cols)
    .filter((n) => n >= weightPorts * inWord)
    .filter(
      (n) =>
        !isNarrow || [inProj, outProj].every(({ cols }) => fitsGroups(cols, n / weightPorts, weightGroup)),
    );
  // Tiles that hold no word, or words that go with no group: other arrays.
  if (bytes.length === 0) return randomShape(random, model, hat);
  return new AcceleratorShape({
    dims: {
      dModel: config.dModel,
      dInner: config.dInner,
      nHeads: config.nHeads,
      headDim: config.headDim,
      dState: config.dState,
      nGroups: config.nGroups,
      convKernel: config.convKernel,
      vocabRows: config.paddedVocabSize,
      groupNorm: config.groupNorm,
      hatIn: hat.in,
      hatOut: hat.out,
      stateBits: options.stateBits,
      ...(isNarrow ? { weights: { bits: weightBits, headBits, group: weightGroup } } : {}),
    },
    chunkTokens: random.integer(1, 9),
    maxTokens: 64,
    residualLanes,
    normLanes,
    inProj,
    outProj,
    weightLanes: draw(bytes) / weightPorts / inWord,
    weightPorts,
    rescaleLanes: draw(lanes(8, inProj.rows, config.dInner, bc)),
    convLanes: draw(lanes(8, config.dInner, bc)),
    ssm: {
      rows: draw([...lanes(8, config.headDim), ...(config.nGroups === 1 ? [3, 5, 6] : [])]),
      cols: draw(lanes(8, config.dState)),
    },
    gateLanes,
    addLanes: draw(lanes(16, outProj.rows, residualLanes)),
    pairs: { xbc: draw([0, 1]) === 1, z: draw([0, 1]) === 1, out: draw([0, 1]) === 1 },
    weightFifoWords: random.integer(2, 16),
  });
}
