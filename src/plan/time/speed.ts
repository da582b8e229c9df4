/**
 * From cycles of timed calls to tokens a second, what bounds them, and the roofline. Layers follow each other, a descriptor each, so a token
 * costs all layers and the head; a prompt costs all layers over its tokens and the head for its last token.
 */
import type { AcceleratorShape } from '../../units/shape.js';
import { channelBytesPerCycle, type Device } from '../board/device.js';
import { decodeOf } from '../board/memory-model.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
import type { BatchPlan, Bound, DecodePlan, PrefillPlan, RooflinePlan } from '../plan-types.js';
import { type TimedAccelerator, type TimedCall, timeCall } from './timing.js';
import { headTraffic, layerTraffic, totalBytes } from './traffic.js';

/** The calls that the speeds are made of: one token, the head, and two prompts of whole chunks, the shorter first. */
export interface PlannedCalls {
  readonly decode: TimedCall;
  readonly head: TimedCall;
  readonly prefill: readonly [TimedCall, TimedCall];
}

export interface SpeedRequest {
  readonly timed: TimedAccelerator;
  readonly layers: number;
  readonly calls: PlannedCalls;
  readonly lengths: readonly number[];
  /** Sequences of the batches that are timed. */
  readonly sequences: readonly number[];
}

/** Decode, of one sequence and of several, and prefill of a plan. */
export function speedOf(request: SpeedRequest): {
  decode: DecodePlan;
  batches: BatchPlan[];
  prefill: PrefillPlan[];
} {
  const { timed, layers, calls, lengths, sequences: batches } = request;
  const hz = timed.device.clockMHz * 1e6;
  const { decode, head } = calls;
  const speed = (layer: TimedCall, last: TimedCall): DecodePlan => {
    const cycles = layers * layer.cycles + last.cycles;
    const tokensPerSecond = (hz * layer.tokens) / cycles;
    return {
      ...{ layerCycles: layer.cycles, headCycles: last.cycles, cycles, tokensPerSecond },
      bound: boundOf(layer),
    };
  };
  return {
    decode: speed(decode, head),
    batches: batches.map((sequences) => {
      const layer = timeCall(timed, decodeOf(sequences));
      const last = timeCall(timed, { kind: 'head', tokens: sequences });
      return { sequences, ...speed(layer, last), bytes: layers * layer.bytes + last.bytes };
    }),
    prefill: lengths.map((tokens) => {
      const chunks = Math.ceil(tokens / timed.shape.chunkTokens);
      const { layerCycles, from, bound } = prefillLayer(timed, calls, tokens);
      const cycles = layers * layerCycles + head.cycles;
      return { tokens, chunks, layerCycles, from, cycles, tokensPerSecond: (hz * tokens) / cycles, bound };
    }),
  };
}

/** Prompts of so many chunks are simulated as they are. */
const SIMULATED_CHUNKS = 12;

/** Short prompts are simulated; longer ones are a straight line through the two simulated lengths, in whole chunks. */
function prefillLayer(
  timed: TimedAccelerator,
  { prefill: [shorter, longer] }: PlannedCalls,
  tokens: number,
): Pick<PrefillPlan, 'layerCycles' | 'from' | 'bound'> {
  const known = [shorter, longer].find((call) => call.tokens === tokens);
  if (known || tokens <= SIMULATED_CHUNKS * timed.shape.chunkTokens) {
    const call = known ?? timeCall(timed, { kind: 'layer', tokens });
    return { layerCycles: call.cycles, from: 'simulation', bound: boundOf(call) };
  }
  const { chunkTokens } = timed.shape;
  const perChunk = ((longer.cycles - shorter.cycles) * chunkTokens) / (longer.tokens - shorter.tokens);
  const furtherChunks = Math.ceil((tokens - longer.tokens) / chunkTokens);
  const bound = boundOf(steadyCall(shorter, longer));
  const layerCycles = Math.round(longer.cycles + furtherChunks * perChunk);
  return { layerCycles, from: 'extrapolation', bound };
}

/** The busiest of memory and processes. */
export function boundOf(call: TimedCall): Bound {
  const [name, share] = Object.entries(call.busy).reduce((most, entry) =>
    entry[1] > most[1] ? entry : most,
  );
  return call.memoryShare >= share * 0.98
    ? { kind: 'memory', name: 'memory', share: call.memoryShare }
    : { kind: 'engine', name, share };
}

/** Further chunks of a long prompt, as a call of their own: what the longer call did more than the shorter one. */
export function steadyCall(shorter: TimedCall, longer: TimedCall): TimedCall {
  const cycles = longer.cycles - shorter.cycles;
  // Where a call begins and ends moves by a few cycles from one length to the other.
  const more = (a: number, b: number) =>
    cycles <= 0 ? 0 : Math.min(1, (b * longer.cycles - a * shorter.cycles) / cycles);
  const busy = Object.fromEntries(
    Object.keys(longer.busy).map((name) => [name, more(shorter.busy[name], longer.busy[name])]),
  );
  return {
    kind: 'layer',
    tokens: longer.tokens - shorter.tokens,
    ...{ cycles, busy, bytes: longer.bytes - shorter.bytes },
    memoryShare: more(shorter.memoryShare, longer.memoryShare),
  };
}

/** Limits of board and arrays. */
export function rooflineOf(shape: AcceleratorShape, device: Device, layers: number): RooflinePlan {
  const hz = device.clockMHz * 1e6;
  const { dims, inProj, outProj } = shape;
  const decodeBytes = layers * totalBytes(layerTraffic(shape, 1)) + totalBytes(headTraffic(shape, 1));
  const pins = channelBytesPerCycle(device) * device.memory.channels * hz;
  const streams = streamBytesPerCycle(device) * hz;
  const macsPerCycle = inProj.rows * inProj.cols + outProj.rows * outProj.cols;
  const inRows = 2 * dims.dInner + 2 * dims.nGroups * dims.dState + dims.nHeads;
  // The arrays work side by side: the slower one sets the limit.
  const inCycles = (inRows * dims.dModel) / (inProj.rows * inProj.cols);
  const outCycles = (dims.dModel * dims.dInner) / (outProj.rows * outProj.cols);
  return {
    pinBytesPerSecond: pins,
    streamBytesPerSecond: streams,
    decodeBytes,
    decodeTokensPerSecondAtPins: pins / decodeBytes,
    decodeTokensPerSecondOfStreams: streams / decodeBytes,
    macsPerCycle,
    prefillTokensPerSecondOfArrays: hz / (layers * Math.max(inCycles, outCycles)),
  };
}
