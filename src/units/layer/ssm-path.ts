/** Middle of the layer: B, C, x -> convolution -> SiLU -> state space -> y, with dt -> SoftPlus -> decay beside it. */
import type { Channel } from '../../kernel/ir.js';
import { product } from '../../kernel/size.js';
import { sint, typeOf, uint } from '../../kernel/type.js';
import { conv } from '../compute/conv.js';
import { nauDecay, nauSoftplus } from '../compute/nau.js';
import { silu } from '../compute/silu.js';
import { scaleX, stateSpace } from '../compute/ssm.js';
import { rowGearbox } from '../movement/gearbox.js';
import { readPort, writePort } from '../movement/mover.js';
import { packState, stateValueBytes, unpackState } from '../movement/state-pack.js';
import { emptyParts, fillParts, partsOf } from '../movement/word-parts.js';
import { rowWords as rowWordsOf, stateValues, xLanes } from '../shape.js';
import type { LayerContext } from './context.js';
import { fitLanes, times } from './fit.js';
import type { FrontOutputs } from './front.js';
import type { LayerParamChannels } from './params.js';
import { slotWords } from './ports.js';

/** Cycles from the last x of a token to the first step of the next one, without those of the words of B and C: the latency of the pipelines in between. */
const BC_CYCLES = 100;

/** Tokens of y that wait for their z: the state space works, and states go back, while z has not come yet. */
const Y_TOKENS = 3;

/** Returns y, order (token, head, row): [Pl] s16, or words of fewer lanes where heads share those of Pl. */
export function buildSsmPath(layer: LayerContext, front: FrontOutputs, params: LayerParamChannels): Channel {
  const { net, shape, scalars: s } = layer;
  const { ssm } = shape;
  const tokens = s.ssmTokens;
  const passes = s.layerParamPasses;
  const { heads, headRows, headDim, stateCols, groups, headsPerGroup } = layer.named;
  const rowWords = layer.named.rowWords ?? product(heads, headRows);
  const { b, c, x } = buildConvolution(layer, front.xbc, params.conv);

  const { dt, decay } = buildNau(layer, front.dt, params.decay);
  const lanes = xLanes(shape);
  const u = net.channel('u', typeOf(sint(16), lanes), 'u = dt x.');
  const skip = net.channel('x_skip', typeOf(sint(16), lanes), 'x again, for D x.', headRows.value + 32);
  scaleX(net, 'scale_x', { x, dt, u, skip, parameters: params.scaleX, tokens, heads, headRows, passes });

  /** Words of as many rows as the state space takes; a token's last one is filled up. */
  const inRows = (name: string, input: Channel) => {
    if (lanes === ssm.rows) return input;
    const output = net.channel(
      `${name}_words`,
      typeOf(sint(16), ssm.rows),
      `${input.doc} In words of ${ssm.rows} lanes, the last of a token filled up.`,
    );
    rowGearbox(net, name, { input, output, rows: tokens, rowLanes: shape.dims.dInner });
    return output;
  };
  const yWords = Y_TOKENS * rowWordsOf(shape.dims, ssm);
  const y = net.channel('y', typeOf(sint(16), ssm.rows), 'y = C h + D x.', yWords);
  stateSpace(net, 'state_space', {
    ...{ u: inRows('u_to_rows', u), decay, b, c },
    ...{ x: inRows('x_skip_to_rows', skip), y },
    ...buildStateMovers(layer),
    parameters: params.state,
    ...{ parts: s.parts, takes: s.takes, loads: s.stateLoads, stores: s.stateStores },
    ...{ tokens, heads, groups, headsPerGroup, rowWords, headDim, stateCols, passes },
  });
  if (lanes === ssm.rows) return y;
  const words = net.channel('y_words', typeOf(sint(16), lanes), `${y.doc} In words of ${lanes} lanes.`);
  rowGearbox(net, 'y_to_words', { input: y, output: words, rows: tokens, rowLanes: shape.dims.dInner });
  return words;
}

/** Convolution and SiLU; B and C come out as [Nl] words, x as [Pl] words. */
function buildConvolution(
  { net, shape, scalars: s, ports, named }: LayerContext,
  xbc: Channel,
  parameters: Channel,
): { b: Channel; c: Channel; x: Channel } {
  const { dims, sizes, convLanes, ssm } = shape;
  const tokens = s.ssmTokens;
  const groups = sizes.dConv / convLanes;
  const kept = (dims.convKernel - 1) * convLanes;
  const memoryWords = (groups * kept) / ports.convStateIn.type.shape[0];
  const places = { base: s.convStateBase, parts: s.parts, stride: slotWords(shape).convState };
  const keptLanes = { lanes: groups * kept };
  const oldMemory = net.channel(
    'conv_state_in_words',
    ports.convStateIn.type,
    'Last inputs that the slots keep.',
  );
  readPort(net, 'read_conv_state', {
    port: ports.convStateIn,
    ...places,
    repeats: s.takes,
    outputs: [{ channel: oldMemory, words: memoryWords }],
  });
  const newInputs = net.channel('conv_new_inputs', typeOf(sint(16), kept), 'Last inputs for the slots.');
  const output = net.channel(
    'conv_out',
    typeOf(sint(16), convLanes),
    'Result of the convolution, in the formats that SiLU takes.',
  );
  conv(net, 'conv', {
    input: fitLanes(net, 'xbc_to_conv', xbc, { shape: [convLanes], count: tokens, lanes: sizes.dConv }),
    output,
    parameters,
    oldInputs: fitLanes(net, 'conv_state_to_conv', oldMemory, {
      shape: [kept],
      count: s.takes,
      ...keptLanes,
    }),
    newInputs,
    tokens,
    parts: s.parts,
    takes: s.takes,
    groups: named.convWords,
    taps: dims.convKernel,
    passes: s.layerParamPasses,
  });
  writePort(net, 'write_conv_state', {
    port: ports.convStateOut,
    ...places,
    repeats: s.gives,
    input: fitLanes(net, 'conv_state_to_port', newInputs, {
      shape: [ports.convStateOut.type.shape[0]],
      count: s.gives,
      ...keptLanes,
    }),
    words: memoryWords,
  });

  const bc = dims.nGroups * dims.dState;
  // B and C come before x and wait for it: a token's B or C must fit.
  const out = (name: string, doc: string, depth: number) =>
    net.channel(name, typeOf(sint(16), convLanes), doc, depth);
  const b = out('silu_b', 'B after SiLU.', bc / convLanes + 2);
  const c = out('silu_c', 'C after SiLU.', bc / convLanes + 2);
  const x = out('silu_x', 'x after SiLU.', 2);
  // The next token's B and C come after x: enough x for the state space until they have passed.
  const rowSteps = dims.dState / ssm.cols;
  const waiting = Math.ceil((((2 * bc) / convLanes + BC_CYCLES) / rowSteps) * (ssm.rows / xLanes(shape))) + 2;
  silu(net, 'silu_xbc', {
    input: output,
    tokens,
    segments: [
      { output: b, words: bc / convLanes, inFracBits: s.siluInB, outFracBits: s.siluOutB },
      { output: c, words: bc / convLanes, inFracBits: s.siluInC, outFracBits: s.siluOutC },
      { output: x, words: dims.dInner / convLanes, inFracBits: s.siluInX, outFracBits: s.siluOutX },
    ],
  });
  // A token's B or C lies ready in SSM words, so that the state space takes one a cycle.
  const ready = bc / ssm.cols + 2;
  return {
    b: fitLanes(net, 'b_to_ssm', b, { shape: [ssm.cols], count: tokens, lanes: bc, depth: ready }),
    c: fitLanes(net, 'c_to_ssm', c, { shape: [ssm.cols], count: tokens, lanes: bc, depth: ready }),
    x: fitLanes(net, 'x_to_ssm', x, {
      shape: [xLanes(shape)],
      count: tokens,
      lanes: dims.dInner,
      depth: waiting,
    }),
  };
}

/** dt and decay, one head per word. */
function buildNau(
  { net, shape, scalars: s }: LayerContext,
  dtRows: Channel,
  parameters: Channel,
): { dt: Channel; decay: Channel } {
  const { dims, rescaleLanes } = shape;
  const tokens = s.ssmTokens;
  const rowWords = Math.ceil(dims.nHeads / rescaleLanes);
  const dtType = typeOf(uint(24, 20), rescaleLanes);
  const forScale = net.channel('dt_for_x', dtType, 'dt to base 2, for u.');
  const forDecay = net.channel('dt_for_decay', dtType, 'dt to base 2, for the decay.');
  nauSoftplus(net, 'nau_softplus', {
    input: dtRows,
    outputs: [forScale, forDecay],
    tokens,
    words: rowWords,
    dtMin: s.dtMin,
    dtMax: s.dtMax,
  });
  const decays = net.channel(
    'decay_rows',
    typeOf(uint(17, 17), rescaleLanes),
    'Decay of the state: 2^(dt A).',
  );
  nauDecay(net, 'nau_decay', {
    input: forDecay,
    output: decays,
    parameters,
    tokens,
    heads: dims.nHeads,
    passes: s.layerParamPasses,
  });
  // The state comes later than x by the latency of the SSM's first steps: with room for a token of dt and of decay, neither side waits.
  const single = (name: string, input: Channel) => {
    if (rescaleLanes === 1) return input;
    const output = net.channel(
      `${name}_heads`,
      typeOf(input.type.element, 1),
      `${input.doc} One head in each word.`,
      dims.nHeads + 2,
    );
    rowGearbox(net, name, { input, output, rows: tokens, rowLanes: dims.nHeads });
    return output;
  };
  return { dt: single('dt_to_heads', forScale), decay: single('decay_to_heads', decays) };
}

/** The state between memory (whole bytes a value: as many port words per pack) and the words of the update. */
function buildStateMovers({ net, shape, scalars: s, ports }: LayerContext) {
  const { dims, ssm } = shape;
  const bytes = ports.stateIn.type.shape[0];
  const values = stateValues(shape);
  const packs = values / bytes;
  const portWords = packs * stateValueBytes(dims.stateBits);
  const places = { base: s.stateBase, parts: s.parts, stride: slotWords(shape).state };
  // A word of state in parts that a stream can take. Where a memory word is one, packing does the reshaping too.
  const parts = partsOf(ssm.rows, ssm.cols, dims.stateBits, bytes);
  const partShape = [ssm.rows / parts, ssm.cols];
  const flatShape = bytes === partShape[0] * partShape[1] ? partShape : [bytes];
  const flat = typeOf(sint(dims.stateBits), ...flatShape);
  const inBytes = net.channel('state_in_bytes', ports.stateIn.type, 'SSM state, in the words of memory.');
  const inValues = net.channel('state_in_values', flat, 'SSM state, unpacked.');
  const portReads = [{ channel: inBytes, words: portWords }];
  readPort(net, 'read_state', { port: ports.stateIn, ...places, repeats: s.takes, outputs: portReads });
  unpackState(net, 'unpack_state', { input: inBytes, output: inValues, words: times(s.takes, packs) });
  // Memory needs several cycles for a word, so that these wide FIFOs need few places.
  const wordCycles = Math.ceil((ssm.rows * ssm.cols * stateValueBytes(dims.stateBits)) / bytes);
  const channels = (name: string, doc: string) =>
    Array.from({ length: parts }, (_, i) =>
      net.channel(
        parts === 1 ? name : `${name}_${i}`,
        typeOf(sint(dims.stateBits), ...partShape),
        parts === 1 ? doc : `${doc} Part ${i} of each word.`,
        1,
        wordCycles,
      ),
    );
  const newState = channels('new_state', 'SSM state for the slots.');
  const outBytes = net.channel('state_out_bytes', ports.stateOut.type, 'SSM state, packed for memory.');
  let oldState: Channel[];
  let outValues: Channel;
  if (parts === 1) {
    oldState = [
      fitLanes(net, 'state_to_ssm', inValues, {
        ...{ shape: partShape, count: s.takes, lanes: values },
        ...{ depth: 1, everyCycles: wordCycles },
      }),
    ];
    outValues = fitLanes(net, 'state_to_port', newState[0], {
      ...{ shape: flatShape, count: s.gives, lanes: values },
    });
  } else {
    const words = values / (ssm.rows * ssm.cols);
    oldState = channels('state_to_ssm_words', 'SSM state of the slots.');
    fillParts(net, 'state_to_ssm', { narrow: inValues, parts: oldState, words: times(s.takes, words) });
    outValues = net.channel('state_to_port_words', flat, 'SSM state for the slots, in the words of memory.');
    emptyParts(net, 'state_to_port', { narrow: outValues, parts: newState, words: times(s.gives, words) });
  }
  packState(net, 'pack_state', { input: outValues, output: outBytes, words: times(s.gives, packs) });
  writePort(net, 'write_state', {
    port: ports.stateOut,
    ...places,
    repeats: s.gives,
    input: outBytes,
    words: portWords,
  });
  return { oldState, newState };
}
