/** Parameters of convolution and heads on their way from memory: read once a call, in words that suit each consumer. */
import type { Channel } from '../../kernel/ir.js';
import { typeOf, uint } from '../../kernel/type.js';
import { convFields } from '../movement/conv-params.js';
import {
  DECAY_FIELDS,
  GATE_FIELDS,
  HEAD_FIELDS,
  type HeadField,
  headParams,
  paddedHeads,
  SCALE_X_FIELDS,
  STATE_FIELDS,
} from '../movement/head-params.js';
import { readPort } from '../movement/mover.js';
import type { LayerContext } from './context.js';
import { fitLanes } from './fit.js';

/** One channel a consumer. */
export interface LayerParamChannels {
  readonly conv: Channel;
  readonly decay: Channel;
  readonly scaleX: Channel;
  readonly state: Channel;
  readonly gate: Channel;
}

export function buildLayerParams({ net, shape, scalars: s, ports }: LayerContext): LayerParamChannels {
  const { dims, sizes, convLanes } = shape;
  const port = ports.layerParams;
  const lanes = port.type.shape[0];
  const convMemory = net.channel(
    'conv_param_memory',
    port.type,
    'Parameters of the convolution, in the words of memory.',
  );
  const headMemory = net.channel(
    'head_param_memory',
    port.type,
    'Parameters of the heads, in the words of memory.',
  );
  const fields = convFields(dims.convKernel);
  const convHalves = sizes.dConv * fields;
  const padded = paddedHeads(dims.nHeads, shape.rescaleLanes);
  const headHalves = padded * HEAD_FIELDS;
  readPort(net, 'read_layer_params', {
    port,
    base: s.layerParamsBase,
    repeats: s.layerParamPasses,
    outputs: [
      { channel: convMemory, words: convHalves / lanes },
      { channel: headMemory, words: headHalves / lanes },
    ],
  });
  const once = (lanesInAll: number) => ({ count: s.layerParamPasses, lanes: lanesInAll });
  const conv = fitLanes(net, 'conv_params', convMemory, { shape: [fields * convLanes], ...once(convHalves) });
  const heads = fitLanes(net, 'head_params', headMemory, { shape: [HEAD_FIELDS], ...once(headHalves) });
  const consumer = (name: string, of: readonly HeadField[]) => ({
    fields: of,
    // Every consumer loads all heads before it starts, at its own time: a whole set must fit.
    channel: net.channel(
      `${name}_params`,
      typeOf(uint(16), of.length),
      `Parameters of the heads for ${name}: ${of.join(', ')}.`,
      padded,
    ),
  });
  const decay = consumer('nau_decay', DECAY_FIELDS);
  const scaleX = consumer('scale_x', SCALE_X_FIELDS);
  const state = consumer('state_space', STATE_FIELDS);
  const gate = consumer('gate', GATE_FIELDS);
  headParams(net, 'deal_head_params', {
    input: heads,
    outputs: [{ ...decay, padded: true }, scaleX, state, gate],
    heads: dims.nHeads,
    paddedHeads: padded,
    passes: s.layerParamPasses,
  });
  return {
    conv,
    decay: decay.channel,
    scaleX: scaleX.channel,
    state: state.channel,
    gate: gate.channel,
  };
}
