/**
 * Cycles that each engine of the accelerator is busy for one token, from its lanes alone: what the search balances. Prefill counts a token of
 * a full chunk in the steady state; decode counts one token of a call of one. The plan's own cycles come from the timed simulation.
 */
import { wholePart } from '../../units/layer/call.js';
import { slotsFor } from '../../units/layer/slots.js';
import { type AcceleratorShape, stateSteps } from '../../units/shape.js';
import type { Device } from '../board/device.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
import { decodePath } from '../shape/shape-limits.js';
import { layerTraffic, totalBytes } from './traffic.js';

export interface EngineLoad {
  readonly engine: string;
  readonly cycles: number;
}

/** Busy cycles a token of every engine, a full chunk at a time; memory is one of them. */
export function prefillLoads(shape: AcceleratorShape, device: Device): EngineLoad[] {
  const { dims, chunkTokens: t, rescaleLanes: r, addLanes } = shape;
  const d = shape.sizes;
  const inTiles = d.dtTiles + d.xbcTiles + d.zTiles;
  const inSteps = inTiles * d.inColTiles * slotsFor(t, shape, 'in');
  const outSteps = d.outTiles * d.outColTiles * slotsFor(t, shape, 'out');
  const outRows = d.outTiles * shape.outProj.rows;
  // Steady state: what is moved once a call counts nothing.
  const bytesOf = (chunks: number) => totalBytes(layerTraffic(shape, wholePart(chunks * t), { chunks }));
  const bytes = bytesOf(2) - bytesOf(1);
  return [
    { engine: 'mat_in', cycles: inSteps / t },
    { engine: 'mat_out', cycles: outSteps / t },
    { engine: 'memory', cycles: bytes / t / streamBytesPerCycle(device) },
    { engine: 'ssm', cycles: stateSteps(shape) },
    { engine: 'nau', cycles: Math.ceil(dims.nHeads / r) },
    { engine: 'norm_in', cycles: dims.dModel / shape.normLanes },
    { engine: 'rescale_in', cycles: (inTiles * shape.inProj.rows) / r },
    { engine: 'conv', cycles: d.dConv / shape.convLanes },
    { engine: 'gate', cycles: dims.dInner / shape.gateLanes },
    { engine: 'rescale_out', cycles: outRows / addLanes },
  ];
}

/** The engine that bounds prefill, and its cycles a token. */
export function prefillBound(shape: AcceleratorShape, device: Device): EngineLoad {
  return prefillLoads(shape, device).reduce((most, load) => (load.cycles > most.cycles ? load : most));
}

/** Cycles of a layer in decode: each array at the slower of its steps and its weights, and the vector units in between. */
export function decodeCycles(shape: AcceleratorShape, device: Device): number {
  const d = shape.sizes;
  const rate = streamBytesPerCycle(device);
  const bytes = totalBytes(layerTraffic(shape, wholePart(1)));
  const outBytes = d.outTiles * d.weightsOut.rowWords * shape.weightPorts * shape.weightLanes;
  const inTiles = (d.dtTiles + d.xbcTiles + d.zTiles) * d.inColTiles;
  const inSteps = inTiles * slotsFor(1, shape, 'in');
  const outSteps = d.outTiles * d.outColTiles * slotsFor(1, shape, 'out');
  const inCycles = Math.max((bytes - outBytes) / rate, inSteps);
  // The state space loads, updates and stores its states one after the other.
  const space = 3 * stateSteps(shape);
  return Math.max(space, inCycles + Math.max(outBytes / rate, outSteps) + decodePath(shape));
}
