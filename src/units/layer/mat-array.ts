/** A MAT array with all that feeds it: the replay of its inputs, its weight and parameter streams, and the gearbox to its rescale. */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel, Port, Scalar } from '../../kernel/ir.js';
import { type Count, countOf, type Size } from '../../kernel/size.js';
import { sint, typeOf, uint } from '../../kernel/type.js';
import { mat } from '../compute/mat.js';
import { RESCALE_FIELDS } from '../compute/rescale.js';
import { type Extent, extentVal } from '../idioms/extent.js';
import { gearbox } from '../movement/gearbox.js';
import { readPort } from '../movement/mover.js';
import { replayPair } from '../movement/replay.js';
import { type UnpackParams, unpackWeights } from '../movement/unpack-weights.js';
import type { WeightStream } from '../movement/weight-stream.js';
import type { AcceleratorShape, MatShape } from '../shape.js';
import { matSlots } from './slots.js';

export interface MatArrayParams {
  readonly side: 'in' | 'out';
  readonly array: MatShape;
  readonly shape: AcceleratorShape;
  /** Most tokens of a chunk (T), by its name. */
  readonly mostTokens: Size;
  /** [cols] s8, order (chunk, token, k). */
  readonly input: Channel;
  readonly chunks: Scalar;
  readonly tokens: Scalar;
  /** Tokens of a chunk, and of the last one. */
  readonly chunkTokens: Scalar;
  readonly lastTokens: Scalar;
  /** Steps per tile. */
  readonly slots: Scalar;
  readonly rowTiles: Extent;
  readonly colTiles: Count;
  readonly weightPorts: readonly Port[];
  readonly weightsBase: Scalar;
  /** Words per chunk and port. */
  readonly weightWords: Extent;
  /** What a port brings, and what it brings instead where a scalar says so. */
  readonly stream: WeightStream;
  readonly wide?: UnpackParams['wide'];
  readonly parameterPort: Port;
  readonly parameterBase: Scalar;
  readonly parameterWords: Extent;
  readonly rescaleLanes: number;
}

/** Adds the processes; returns the accumulators as words of `rescaleLanes` lanes and the rescale parameters that go with them. */
export function matArray(net: NetworkBuilder, params: MatArrayParams): { acc: Channel; parameters: Channel } {
  const { side, array, shape, chunks, tokens } = params;
  const again = net.channel(
    `replay_${side}_out`,
    params.input.type,
    'Inputs of a chunk, repeated for every row of tiles.',
  );
  // Both arrays' inputs may come late: those of out_proj at the pace of the state space, those of in_proj as the layer before gives its rows.
  replayPair(net, `replay_${side}`, {
    input: params.input,
    output: again,
    chunks,
    tokens,
    chunkTokens: params.chunkTokens,
    lastTokens: params.lastTokens,
    mostTokens: params.mostTokens,
    slots: params.slots,
    rowTiles: params.rowTiles,
    colTiles: params.colTiles,
  });
  const weights = params.weightPorts.map((port, i) => {
    const channel = net.channel(
      `${port.name}_words`,
      port.type,
      `Weights of stripe ${i}, read ahead of the array.`,
      weightDepth(shape, side),
    );
    readPort(net, `read_${port.name}`, {
      port,
      base: params.weightsBase,
      repeats: chunks,
      outputs: [{ channel, words: params.weightWords }],
    });
    return params.stream.bits === 8 ? channel : unpacked(net, params, channel, i);
  });
  const sums = net.channel(
    `mat_${side}_out`,
    typeOf(sint(32), array.rows),
    'Sums of a row of tiles, one word for each token.',
    shape.chunkTokens,
  );
  mat(net, `mat_${side}`, {
    input: again,
    weights,
    output: sums,
    tile: { rows: array.rows, cols: array.cols, weightLanes: params.stream.lanes, ports: shape.weightPorts },
    lutRows: array.lutRows,
    chunks,
    chunkTokens: params.chunkTokens,
    lastTokens: params.lastTokens,
    slots: params.slots,
    minSlots: matSlots(shape, side).least,
    rowTiles: params.rowTiles,
    colTiles: countOf(params.colTiles),
  });

  const lanes = params.rescaleLanes;
  let acc = sums;
  if (array.rows !== lanes) {
    acc = net.channel(
      `mat_${side}_words`,
      typeOf(sint(32), lanes),
      'The same sums, in words of as many lanes as the rescale takes.',
    );
    gearbox(net, `mat_${side}_to_rescale`, {
      input: sums,
      output: acc,
      wideWords: (p) => p.arg(tokens).mul(extentVal(p, params.rowTiles)),
    });
  }
  return { acc, parameters: readParameters(net, params, lanes) };
}

/** Words of a block RAM in its widest form. */
const BLOCK_WORDS = 512;

/** Weights that may lie ahead of an array: the two share what the shape has for them, by how many they take a cycle, in whole block RAMs. */
export function weightDepth(
  { weightFifoWords, inProj, outProj }: AcceleratorShape,
  side: 'in' | 'out',
): number {
  if (weightFifoWords < 2 * BLOCK_WORDS) return weightFifoWords;
  const [taken, others] = [inProj, outProj].map(({ rows, cols }) => rows * cols);
  const blocks = (2 * weightFifoWords) / BLOCK_WORDS;
  const forIn = Math.min(blocks - 1, Math.max(1, Math.round((blocks * taken) / (taken + others))));
  return BLOCK_WORDS * (side === 'in' ? forIn : blocks - forIn);
}

/** The words of a stripe as int8. */
function unpacked(net: NetworkBuilder, params: MatArrayParams, input: Channel, stripe: number): Channel {
  const { side, stream, wide, chunks, rowTiles } = params;
  const output = net.channel(
    `weights_${side}_${stripe}_int8`,
    typeOf(sint(8), stream.lanes),
    `Weights of stripe ${stripe} as they are multiplied.`,
  );
  unpackWeights(net, `unpack_weights_${side}_${stripe}`, {
    input,
    output,
    tileRows: (p) => p.arg(chunks).mul(extentVal(p, rowTiles)).named('tile_rows'),
    stream,
    ...(wide ? { wide } : {}),
  });
  return output;
}

/** Rescale parameters from memory, once a chunk, in words of `lanes` rows. */
function readParameters(net: NetworkBuilder, params: MatArrayParams, lanes: number): Channel {
  const { side, parameterPort, array } = params;
  const memory = net.channel(
    `rescale_${side}_memory`,
    parameterPort.type,
    'Rescale parameters, in the words of memory.',
  );
  readPort(net, `read_rescale_${side}`, {
    port: parameterPort,
    base: params.parameterBase,
    repeats: params.chunks,
    outputs: [{ channel: memory, words: params.parameterWords }],
  });
  const from = parameterPort.type.shape[0];
  const to = lanes * RESCALE_FIELDS;
  if (from === to) return memory;
  const output = net.channel(
    `rescale_${side}_fields`,
    typeOf(uint(16), to),
    'Bias, multiplier and shift of each row.',
  );
  const rowFields = array.rows * RESCALE_FIELDS;
  gearbox(net, `rescale_${side}_gearbox`, {
    input: memory,
    output,
    wideWords: (p) =>
      p
        .arg(params.chunks)
        .mul(extentVal(p, params.rowTiles))
        .named('tile_rows')
        .mul(rowFields / Math.max(from, to)),
  });
  return output;
}
