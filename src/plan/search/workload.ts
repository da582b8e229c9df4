/**
 * Cycles of whole workloads from an accelerator's lanes alone, for the search: chunks go through in_proj, state space and out_proj like
 * through three machines in a row. The plan's own cycles come from the timed simulation.
 */
import { slotsFor } from '../../units/layer/slots.js';
import type { AcceleratorShape } from '../../units/shape.js';
import type { Device } from '../board/device.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
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

/** Cycles of a layer over a prompt. */
export function prefillCycles(shape: AcceleratorShape, device: Device, tokens: number): number {
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
  const read = (4 * dims.dModel) / ((streamBytesPerCycle(device) / device.memory.channels) * START_SHARE);
  const first = Math.min(t, tokens) * Math.max(dims.dModel / normLanes, read);
  const ends = { in: first, ssm: 0, out: 0 };
  /** When the state space had finished the chunk before the last one: then one of a pair of buffers is free. */
  let free = 0;
  const written = (Math.min(t, tokens) * dims.dModel) / addLanes;
  for (let done = 0; done < tokens; done += t) {
    const present = Math.min(t, tokens - done);
    // A short last chunk takes the arrays as long as any.
    const slots = Math.min(t, tokens);
    const before = ends.ssm;
    const start = Math.max(ends.in, pairs.xbc ? free : before);
    const zStart = Math.max(start + slots * front * beforeZ, pairs.z ? 0 : before);
    ends.in = zStart + slots * front * (1 - beforeZ);
    ends.ssm = Math.max(ends.in, ends.ssm) + present * middle;
    ends.out = Math.max(ends.ssm, ends.out + (pairs.out ? 0 : written)) + slots * back;
    free = before;
  }
  return ends.out + written;
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

/** Tokens a second of a shape by its lanes alone. */
export function speedEstimate(
  shape: AcceleratorShape,
  device: Device,
  { layers, prefillTokens }: Workload,
): Speed {
  const hz = device.clockMHz * 1e6;
  const head = headCycles(shape, device);
  return {
    decodeTokensPerSecond: hz / (layers * decodeCycles(shape, device) + head),
    prefillTokensPerSecond:
      (hz * prefillTokens) / (layers * prefillCycles(shape, device, prefillTokens) + head),
  };
}

/** What the purpose asks for, higher is better: a speed, or the geometric mean of both. */
export function merit({ decodeTokensPerSecond, prefillTokensPerSecond }: Speed, purpose: Purpose): number {
  if (purpose === 'prefill') return prefillTokensPerSecond;
  if (purpose === 'decode') return decodeTokensPerSecond;
  return Math.sqrt(decodeTokensPerSecond * prefillTokensPerSecond);
}
