/** A golden layer state as it lies in the accelerator's memory. */

import { bytesOf } from '../../emit/image/image.js';
import { convChannels } from '../../emit/image/rows.js';
import { stateValueBytes } from '../../units/movement/state-pack.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { convStateOrder, stateBytes, stateOrder } from './orders.js';

/** SSM bytes and convolution inputs. */
export function stateImage(
  shape: AcceleratorShape,
  layer: { readonly conv: Int16Array; readonly h: Int32Array },
) {
  const conv = convStateOrder(layer.conv, convChannels(shape), shape.dims.convKernel, shape.convLanes);
  return {
    ssm: stateBytes(stateOrder(layer.h, shape), stateValueBytes(shape.dims.stateBits)),
    conv: bytesOf(Int16Array.from(conv)),
  };
}
