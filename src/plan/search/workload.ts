/**
 * Cycles of whole workloads from an accelerator's lanes alone, for the search: chunks go through in_proj, state space and out_proj like
 * through three machines in a row. The plan's own cycles come from the timed simulation.
 */
import { slotWords } from '../../units/layer/ports.js';
import { slotsFor } from '../../units/layer/slots.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { BLOCK_WORDS, blockRam } from '../area/memory.js';
import type { Device } from '../board/device.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
import { PORT_BYTES } from '../shape/shape-limits.js';
import { decodeCycles, prefillLoads } from '../time/engine-load.js';
import { headTraffic, totalBytes } from '../time/traffic.js';

export const PURPOSES = ['prefill', 'decode', 'both'] as const;
/** What an accelerator is to be fast at. */
export type Purpose = (typeof PURPOSES)[number];

/** Memory is rarely worth its rate to several ports at a time. */
const SHARED_MEMORY = 0.96;
/** A chunk of in_proj waits now and then for a buffer that is nearly free: its array must be so much faster than the rest to keep their pace. */
export const COUPLING = 1.03;
/** At the start of a call residual rows share the memory with the state and the first weights: of one channel's rate they get so much. */
const START_SHARE = 0.38;

/** Of memory's rate the states of a call get this much, beside the weights, when they go out after its last token. */
const STATE_SHARE = 1 / 3;
/** Bytes of state that a block RAM of 36 Kbit holds in a FIFO as wide as a port. */
const FIFO_BLOCK_BYTES = (BLOCK_WORDS * PORT_BYTES) / blockRam(8 * PORT_BYTES, BLOCK_WORDS);

/** Layers of a call until each takes as long as the one before it. */
const FILLING_LAYERS = 4;
/** From a row that is written to the same row at the layer after it: acknowledgement and read. */
const WRITE_TO_READ_CYCLES = 200;

/**
 * Cycles of a prompt through so many layers, which overlap: a layer takes a chunk as soon as the one before it has written its rows. With
 * `spareBlocks` of block RAM, states wait in FIFOs.
 */
export function prefillCycles(
  shape: AcceleratorShape,
  device: Device,
  tokens: number,
  layers: number,
  spareBlocks = 0,
): number {
  const { dims, chunkTokens: t, normLanes, addLanes, pairs } = shape;
  const d = shape.sizes;
  /** Share of in_proj's time before the first z. */
  const beforeZ = (d.dtTiles + d.xbcTiles) / (d.dtTiles + d.xbcTiles + d.zTiles);
  const load = new Map(prefillLoads(shape, device).map(({ engine, cycles }) => [engine, cycles]));
  const slowest = (...engines: string[]) => Math.max(...engines.map((engine) => load.get(engine)!));
  const memory = load.get('memory')! / SHARED_MEMORY;
  const front = Math.max(COUPLING * slowest('mat_in', 'norm_in', 'rescale_in'), memory);
  const middle = slowest('ssm', 'conv', 'gate');
  const back = slowest('mat_out', 'rescale_out');
  const norm = dims.dModel / normLanes;
  const read = (4 * dims.dModel) / ((streamBytesPerCycle(device) / device.memory.channels) * START_SHARE);
  /** The states of a layer go while the next one waits, but for those that lie in a FIFO; a prompt begins without any. */
  const stateBytes = Math.max(0, slotWords(shape).state * PORT_BYTES - spareBlocks * FIFO_BLOCK_BYTES);
  const stateCycles = stateBytes / (streamBytesPerCycle(device) * STATE_SHARE);
  // A short last chunk takes the arrays as long as any.
  const slots = Math.min(t, tokens);
  const ends = { norm: 0, in: 0, ssm: 0, out: 0 };
  /** When the state space had finished the chunk before the last one: then one of a pair of buffers is free. */
  let free = 0;
  /** When the rows of each chunk can be read: what the layer before has written. */
  const ready: number[] = [];
  const simulated = Math.min(layers, FILLING_LAYERS);
  let lastLayer = 0;
  for (let layer = 0; layer < simulated; layer++) {
    const began = ends.out;
    if (layer > 0) ends.ssm += stateCycles;
    for (let chunk = 0; chunk * t < tokens; chunk++) {
      const present = Math.min(t, tokens - chunk * t);
      const pace = layer + chunk === 0 ? Math.max(norm, read) : norm;
      ends.norm = Math.max(ends.norm, ready[chunk] ?? 0) + present * pace;
      const before = ends.ssm;
      const start = Math.max(ends.in, ends.norm, pairs.xbc ? free : before);
      const zStart = Math.max(start + slots * front * beforeZ, pairs.z ? 0 : before);
      ends.in = zStart + slots * front * (1 - beforeZ);
      ends.ssm = Math.max(ends.in, ends.ssm) + present * middle;
      const written = (present * dims.dModel) / addLanes;
      ends.out = Math.max(ends.ssm, ends.out + (pairs.out ? 0 : written)) + slots * back;
      ready[chunk] = ends.out + written + WRITE_TO_READ_CYCLES;
      free = before;
    }
    lastLayer = ends.out - began;
  }
  return ends.out + (layers - simulated) * lastLayer + (slots * dims.dModel) / addLanes;
}

/** Cycles of the final norm and LM head for one token. */
export function headCycles(shape: AcceleratorShape, device: Device): number {
  const d = shape.sizes;
  const steps = d.headTiles * d.inColTiles * slotsFor(1, shape, 'in');
  return Math.max(steps, totalBytes(headTraffic(shape, 1)) / streamBytesPerCycle(device));
}

/** What a model is run on. */
export interface Workload {
  readonly purpose: Purpose;
  readonly layers: number;
  /** Of a prompt. */
  readonly prefillTokens: number;
}

/** Estimated speed of a shape. */
export interface Speed {
  readonly decodeTokensPerSecond: number;
  readonly prefillTokensPerSecond: number;
}

/** Tokens a second of a shape by its lanes, and by the block RAM that it leaves over. */
export function speedEstimate(
  shape: AcceleratorShape,
  device: Device,
  { layers, prefillTokens }: Workload,
  spareBlocks = 0,
): Speed {
  const hz = device.clockMHz * 1e6;
  const head = headCycles(shape, device);
  return {
    decodeTokensPerSecond: hz / (layers * decodeCycles(shape, device) + head),
    prefillTokensPerSecond:
      (hz * prefillTokens) / (prefillCycles(shape, device, prefillTokens, layers, spareBlocks) + head),
  };
}

/** What the purpose asks for, higher is better: a speed, or the geometric mean of both. */
export function merit({ decodeTokensPerSecond, prefillTokensPerSecond }: Speed, purpose: Purpose): number {
  if (purpose === 'prefill') return prefillTokensPerSecond;
  if (purpose === 'decode') return decodeTokensPerSecond;
  return Math.sqrt(decodeTokensPerSecond * prefillTokensPerSecond);
}
