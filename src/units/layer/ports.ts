/**
 * The external memory ports of the layer network and the word of each: 64 bytes on the board, less where a small model's rows do not fill
 * that. Several ports may look at one memory region (`residual` is read twice and written once).
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import { type DataType, sint, totalBits, typeOf, uint } from '../../kernel/type.js';
import { dividingPower } from '../../util/powers-of-two.js';
import { RESCALE_FIELDS } from '../compute/rescale.js';
import { convFields } from '../movement/conv-params.js';
import { HEAD_FIELDS, paddedHeads } from '../movement/head-params.js';
import { stateValueBytes } from '../movement/state-pack.js';
import { type AcceleratorShape, sharesWords, stateValues } from '../shape.js';

const wordBytes = 64;
/** Parameters and logits: some words a tile, which takes far longer. */
const PARAMETER_CYCLES = 8;
/** Borders that no burst may cross (AXI4): what a burst reads begins at one. */
export const BURST_BORDER_BYTES = 4096;

/** Words of each kind of memory content. */
export interface PortTypes {
  readonly residual: DataType;
  readonly weights: DataType;
  readonly rescaleIn: DataType;
  readonly rescaleOut: DataType;
  readonly layerParams: DataType;
  /** Bytes: as many words as a value has bytes hold as many values as one has bytes. */
  readonly state: DataType;
  readonly convState: DataType;
  readonly logits: DataType;
}

/** The word of every port of an accelerator. */
export function portTypes(shape: AcceleratorShape): PortTypes {
  const { dims, sizes, ssm } = shape;
  // Words of state that are no power of two are whole words of memory.
  const isShared = sharesWords(dims, ssm);
  const halves = (total: number) => dividingPower(total, wordBytes / 2);
  const convWords = halves(sizes.dConv * convFields(dims.convKernel));
  const headWords = halves(paddedHeads(dims.nHeads, shape.rescaleLanes) * HEAD_FIELDS);
  return {
    residual: typeOf(sint(32), shape.residualLanes),
    weights: typeOf(sint(8), shape.weightLanes),
    rescaleIn: typeOf(uint(16), halves(shape.inProj.rows * RESCALE_FIELDS)),
    rescaleOut: typeOf(uint(16), halves(shape.outProj.rows * RESCALE_FIELDS)),
    layerParams: typeOf(uint(16), Math.min(convWords, headWords)),
    state: typeOf(uint(8), dividingPower(isShared ? ssm.rows * ssm.cols : stateValues(shape), wordBytes)),
    convState: typeOf(sint(16), halves((dims.convKernel - 1) * shape.convLanes)),
    logits: typeOf(sint(16), halves(shape.inProj.rows)),
  };
}

/** Words from a slot to the next in the states of a layer: whole pages. */
export function slotWords(shape: AcceleratorShape): { readonly state: number; readonly convState: number } {
  const { dims, sizes } = shape;
  const types = portTypes(shape);
  const words = (bytes: number, word: DataType) =>
    (Math.ceil(bytes / BURST_BORDER_BYTES) * BURST_BORDER_BYTES * 8) / totalBits(word);
  return {
    state: words(stateValues(shape) * stateValueBytes(dims.stateBits), types.state),
    convState: words(sizes.dConv * (dims.convKernel - 1) * 2, types.convState),
  };
}

export type LayerPorts = ReturnType<typeof declareLayerPorts>;

/** Declares the ports. */
export function declareLayerPorts(net: NetworkBuilder, shape: AcceleratorShape) {
  const types = portTypes(shape);
  const weightPorts = (side: string) =>
    Array.from({ length: shape.weightPorts }, (_, i) =>
      net.port(`weights_${side}_${i}`, 'read', types.weights, `Weights of ${side}_proj, stripe ${i}.`),
    );
  const { residualLanes, normLanes, addLanes } = shape;
  // A layer reads the rows that the one before it has written.
  const residual = (name: string, doc: string, lanes: number) =>
    net.port(name, 'read', types.residual, doc, {
      follows: 'residual_out',
      everyCycles: residualLanes / lanes,
    });
  return {
    residualIn: residual('residual_in', 'Residual stream, for the norm.', normLanes),
    residualAgain: residual('residual_again', 'Residual stream, for the adder.', addLanes),
    residualOut: net.port('residual_out', 'write', types.residual, 'Residual stream after the layer.', {
      everyCycles: residualLanes / addLanes,
    }),
    weightsIn: weightPorts('in'),
    weightsOut: weightPorts('out'),
    rescaleIn: net.port(
      'rescale_in_params',
      'read',
      types.rescaleIn,
      'Rescale parameters of in_proj or the LM head.',
      { everyCycles: PARAMETER_CYCLES },
    ),
    rescaleOut: net.port('rescale_out_params', 'read', types.rescaleOut, 'Rescale parameters of out_proj.', {
      everyCycles: PARAMETER_CYCLES,
    }),
    layerParams: net.port(
      'layer_params',
      'read',
      types.layerParams,
      'Parameters of the convolution and the heads.',
      { everyCycles: PARAMETER_CYCLES },
    ),
    stateIn: net.port('state_in', 'read', types.state, 'SSM states of the slots that are taken.'),
    stateOut: net.port('state_out', 'write', types.state, 'SSM states of the slots that are given.'),
    convStateIn: net.port(
      'conv_state_in',
      'read',
      types.convState,
      'Last inputs of the convolution of the slots that are taken.',
    ),
    convStateOut: net.port(
      'conv_state_out',
      'write',
      types.convState,
      'Last inputs of the convolution of the slots that are given.',
    ),
    logits: net.port('logits', 'write', types.logits, 'Logits, tile by tile.', {
      everyCycles: PARAMETER_CYCLES,
    }),
  };
}

/** Memory region each port looks at, by port name. */
export function regionOfPort(port: string): string {
  if (port.startsWith('residual_')) return 'residual';
  if (port.startsWith('state_')) return 'state';
  if (port.startsWith('conv_state_')) return 'conv_state';
  return port;
}
