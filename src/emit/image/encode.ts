/** Quantized parameters as the bytes that ports read: weights tile by tile and striped over the ports, rescale and layer parameters as u16 fields. */
import type { QuantizedLayer, QuantizedLinear } from '../../quant/types.js';
import { RESCALE_FIELDS } from '../../units/compute/rescale.js';
import { packConvParams } from '../../units/movement/conv-params.js';
import { packHeadParams } from '../../units/movement/head-params.js';
import { packTile, type WeightMatrix } from '../../units/movement/tile-order.js';
import type { AcceleratorShape, ArrayShape } from '../../units/shape.js';
import { convChannels, paddingRow } from './rows.js';

/** A matrix with its rows in memory order, zeros where a row is padding. */
function reorder(linear: QuantizedLinear, rows: Int32Array, first: number, count: number): WeightMatrix {
  const { cols } = linear;
  const weight = new Int8Array(count * cols);
  for (let i = 0; i < count; i++) {
    const row = rows[first + i];
    if (row !== paddingRow) weight.set(linear.weight.subarray(row * cols, (row + 1) * cols), i * cols);
  }
  return { weight, rows: count, cols };
}

/**
 * Weights of a projection in streaming order (tile row, tile column, word), one array a port. Yields a tile row at a time so that no
 * second copy of a large matrix is ever held.
 */
export function* weightTiles(
  linear: QuantizedLinear,
  rows: Int32Array,
  array: ArrayShape,
  shape: AcceleratorShape,
): Generator<Int8Array[]> {
  const tile = { ...array, weightLanes: shape.weightLanes, ports: shape.weightPorts };
  const portTile = (array.rows * array.cols) / shape.weightPorts;
  const colTiles = linear.cols / array.cols;
  for (let first = 0; first < rows.length; first += array.rows) {
    const matrix = reorder(linear, rows, first, array.rows);
    const ports = Array.from({ length: shape.weightPorts }, () => new Int8Array(colTiles * portTile));
    for (let k = 0; k < colTiles; k++)
      packTile(matrix, 0, k * array.cols, tile).forEach((bytes, port) => {
        ports[port].set(bytes, k * portTile);
      });
    yield ports;
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
