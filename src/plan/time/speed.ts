/**
 * From cycles of timed calls to tokens a second, what bounds them, and the roofline. Layers follow each other and overlap, a descriptor
 * each, so a token costs all layers in their steady state and the head; a prompt costs all layers over its tokens and the head for its last
 * token.
 */
import { wholePart } from '../../units/layer/call.js';
import { chunksOf } from '../../units/layer/chunks.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { channelBytesPerCycle, type Device } from '../board/device.js';
import { type CallKind, decodeOf, promptOf } from '../board/memory-model.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
import type { BatchPlan, Bound, DecodePlan, PrefillPlan, RooflinePlan } from '../plan-types.js';
import { type ModelCall, timeModel, wholeCall } from './model-call.js';
import { type CallWork, type TimedAccelerator, type TimedCall, workIn, workOf } from './timing.js';
import { headTraffic, layerTraffic, totalBytes } from './traffic.js';

/** Calls of a layer by itself that a plan's shares are of: one token, and two prompts of whole chunks, the shorter first. */
export interface PlannedCalls {
  readonly decode: TimedCall;
  readonly prefill: readonly [TimedCall, TimedCall];
}

export interface SpeedRequest {
  readonly timed: TimedAccelerator;
  readonly layers: number;
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
  const { timed, layers, sequences: batches } = request;
  const hz = timed.device.clockMHz * 1e6;
  const speed = (call: CallKind): DecodePlan => {
    const model = timeModel(timed, layers, call, call.tokens);
    const tokensPerSecond = (hz * call.tokens) / model.cycles;
    return { ...model, tokensPerSecond, bound: boundOf(workIn(workOf(timed, call), model.layerCycles)) };
  };
  return {
    decode: speed({ kind: 'layer', tokens: 1 }),
    batches: batches.map((sequences) => {
      const layerBytes = totalBytes(layerTraffic(timed.shape, decodeOf(sequences).parts));
      const bytes = layers * layerBytes + totalBytes(headTraffic(timed.shape, sequences));
      return { sequences, ...speed(decodeOf(sequences)), bytes };
    }),
    prefill: prefillOf(request, hz),
  };
}

/** Prompts of up to so many chunks are simulated as they are; longer ones are a straight line through that length and one of fewer chunks. */
const SIMULATED_CHUNKS = 10;
/** Chunks that the line is drawn over. */
const LINE_CHUNKS = 2;

function prefillOf({ timed, layers, lengths }: SpeedRequest, hz: number): PrefillPlan[] {
  const { chunkTokens, maxTokens } = timed.shape;
  const most = Math.max(2, Math.min(SIMULATED_CHUNKS, Math.floor(maxTokens / chunkTokens)));
  const fewer = Math.max(1, most - LINE_CHUNKS);
  const known = new Map<number, ModelCall>();
  const model = (tokens: number): ModelCall => {
    const found = known.get(tokens) ?? timeModel(timed, layers, promptOf(tokens), 1);
    known.set(tokens, found);
    return found;
  };
  return lengths.map((tokens): PrefillPlan => {
    const speed = (
      from: PrefillPlan['from'],
      chunks: number,
      work: CallWork,
      found: ModelCall,
    ): PrefillPlan => ({
      ...{ tokens, chunks, from, ...found },
      tokensPerSecond: (hz * tokens) / found.cycles,
      bound: boundOf(workIn(work, found.layerCycles)),
    });
    const workOfTokens = (count: number) => workOf(timed, promptOf(count));
    if (tokens <= most * chunkTokens)
      return speed(
        'simulation',
        chunksOf(timed.shape, tokens, 1).chunks,
        workOfTokens(tokens),
        model(tokens),
      );
    const chunks = Math.ceil(tokens / chunkTokens);
    const [shorter, longer] = [fewer, most].map((simulated) => simulated * chunkTokens);
    const line = (from: number, to: number) => to + ((chunks - most) * (to - from)) / (most - fewer);
    const work = workOnLine(workOfTokens(shorter), workOfTokens(longer), line);
    // While a call is short, more of its states' way is hidden with every chunk; but no layer is shorter than its bytes or its busiest process.
    const atLeast = Math.max(work.memoryCycles, ...Object.values(work.busyCycles));
    const onLine = line(model(shorter).layerCycles, model(longer).layerCycles);
    const layerCycles = Math.ceil(Math.max(onLine, atLeast));
    return speed('extrapolation', chunks, work, wholeCall(layers, { ...model(longer), layerCycles }));
  });
}

/** The work of a prompt on the line through two shorter ones. */
function workOnLine(
  shorter: CallWork,
  longer: CallWork,
  line: (from: number, to: number) => number,
): CallWork {
  const busy = Object.entries(longer.busyCycles).map(([name, cycles]) => [
    name,
    line(shorter.busyCycles[name], cycles),
  ]);
  return {
    ...longer,
    memoryCycles: line(shorter.memoryCycles, longer.memoryCycles),
    busyCycles: Object.fromEntries(busy),
  };
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
  const decodeBytes =
    layers * totalBytes(layerTraffic(shape, wholePart(1))) + totalBytes(headTraffic(shape, 1));
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
