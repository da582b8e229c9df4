/** Quantized parameters as the bytes that ports read: weights tile by tile and striped over the ports, rescale and layer parameters as u16 fields. */
import type { QuantizedLayer, QuantizedLinear } from '../../quant/types.js';
import { RESCALE_FIELDS } from '../../units/compute/rescale.js';
import { packConvParams } from '../../units/movement/conv-params.js';
import { packHeadParams } from '../../units/movement/head-params.js';
import { type CodedRows, packTileRow } from '../../units/movement/pack-weights.js';
import type { WeightStream } from '../../units/movement/weight-stream.js';
import { type AcceleratorShape, type ArrayShape, weightFormat } from '../../units/shape.js';
import { convChannels, paddingRow } from './rows.js';

/** A row of tiles, its rows in memory order: codes and scales; zeros where a row is padding. */
function codedRows(linear: QuantizedLinear, rows: Int32Array): CodedRows {
  const { cols, weightGroup } = linear;
  const groups = weightGroup === 0 ? 0 : Math.ceil(cols / weightGroup);
  const codes = new Int8Array(rows.length * cols);
  const scales = new Uint8Array(rows.length * groups);
  rows.forEach((row, i) => {
    if (row === paddingRow) return;
    codes.set(linear.weight.subarray(row * cols, (row + 1) * cols), i * cols);
    scales.set(linear.groupScale.subarray(row * groups, (row + 1) * groups), i * groups);
    for (let g = 0; g < groups; g++) {
      const scale = scales[i * groups + g] + 1;
      const end = i * cols + Math.min(cols, (g + 1) * weightGroup);
      for (let at = i * cols + g * weightGroup; at < end; at++) codes[at] /= scale;
    }
  });
  return { codes, scales, cols };
}

/**
 * Weights of a projection in streaming order (weight-stream.ts), one array a port. Yields a row of tiles at a time so that no second copy of
 * a large matrix is ever held. Throws RangeError for weights of another format than the stream's.
 */
export function* weightTiles(
  linear: QuantizedLinear,
  rows: Int32Array,
  array: ArrayShape,
  shape: AcceleratorShape,
  stream: WeightStream,
): Generator<Uint8Array[]> {
  const group = linear.weightBits === 8 ? 0 : weightFormat(shape.dims).group;
  if (linear.weightBits !== stream.bits || linear.weightGroup !== group)
    throw new RangeError(
      `weights of ${linear.weightBits} bits in groups of ${linear.weightGroup}, planned for ${stream.bits} bits in groups of ${group}`,
    );
  const tile = { rows: array.rows, cols: array.cols, ports: shape.weightPorts };
  for (let first = 0; first < rows.length; first += array.rows) {
    const own = codedRows(linear, rows.subarray(first, first + array.rows));
    yield packTileRow(own, stream, tile, shape.weightLanes);
  }
}

/** Rescale parameters, `RESCALE_FIELDS` u16 a memory row. Padding rows give 0. */
export function rescaleFields(linear: QuantizedLinear, rows: Int32Array): Uint16Array {
  const image = new Uint16Array(rows.length * RESCALE_FIELDS);
  rows.forEach((row, i) => {
    if (row === paddingRow) return;
    const bias = linear.bias[row];
    image.set(
      [bias & 0xffff, (bias >> 16) & 0xffff, linear.multiplier[row], linear.shift[row]],
      i * RESCALE_FIELDS,
    );
  });
  return image;
}

/** Parameters of the convolution, then of the heads. */
export function layerParams(layer: QuantizedLayer, shape: AcceleratorShape): Uint16Array {
  const { convKernel } = shape.dims;
  const order = convChannels(shape);
  const weight = new Int16Array(order.length * convKernel);
  order.forEach((channel, i) => {
    weight.set(layer.convWeight.subarray(channel * convKernel, (channel + 1) * convKernel), i * convKernel);
  });
  const bias = Int32Array.from(order, (channel) => layer.convBias[channel]);
  const shift = Uint8Array.from(order, (channel) => layer.convShift[channel]);
  const conv = packConvParams({ weight, bias, shift }, convKernel, shape.convLanes);
  const heads = packHeadParams(layer, shape.rescaleLanes);
  const image = new Uint16Array(conv.length + heads.length);
  image.set(conv);
  image.set(heads, conv.length);
  return image;
}
