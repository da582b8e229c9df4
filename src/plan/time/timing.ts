/** Cycles of calls by the timed simulation of the scheduled layer network, with the device's memory at its ports. */
import { CheckFailed } from '../../errors.js';
import { checkedScalars } from '../../kernel/interpret/interpret.js';
import { type OnWait, type SimulationReport, simulateCalls } from '../../kernel/simulate/simulate.js';
import { type PlannedProcess, planSteps, unhinderedCycles } from '../../kernel/simulate/steps.js';
import { type Schedule, simulatedTiming } from '../../schedule/schedule.js';
import { slotsIn } from '../../units/layer/call.js';
import type { LayerNetwork } from '../../units/layer/network.js';
import type { AcceleratorShape } from '../../units/shape.js';
import type { Device } from '../board/device.js';
import { portAddresses } from '../board/layout.js';
import { type BoardOptions, boardMemory } from '../board/memory.js';
import { type CallKind, partsOf } from '../board/memory-model.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
import { headCall, layerCall } from './call.js';
import { headTraffic, layerTraffic, totalBytes } from './traffic.js';

/** What all calls of a plan are timed with; FIFOs are as deep as the network says. */
export interface TimedAccelerator {
  readonly layer: LayerNetwork;
  readonly schedule: Schedule;
  readonly shape: AcceleratorShape;
  readonly device: Device;
}

/** One timed call. */
export interface TimedCall extends CallKind {
  readonly cycles: number;
  /** Bytes it moves. */
  readonly bytes: number;
  /** Share of the cycles that the memory needs for them, as long streams get it. */
  readonly memoryShare: number;
  /** Busy share of each process, by name. */
  readonly busy: Readonly<Record<string, number>>;
}

/** What a call costs, whatever it has to wait for. */
export interface CallWork extends CallKind {
  /** Bytes it moves, and the cycles that the memory takes for them, as long streams get it. */
  readonly bytes: number;
  readonly memoryCycles: number;
  /** Cycles that each process works, by name. */
  readonly busyCycles: Readonly<Record<string, number>>;
}

/** The work of a call, counted without a simulation. */
export function workOf({ layer, schedule, shape, device }: TimedAccelerator, call: CallKind): CallWork {
  const { kind, tokens } = call;
  const bytes = totalBytes(kind === 'head' ? headTraffic(shape, tokens) : layerTraffic(shape, partsOf(call)));
  const scalars = checkedScalars(layer.network, callScalars(layer, shape, call));
  const processes = planSteps(layer.network, scalars, schedule.nests);
  const busyOf = ({ nests }: PlannedProcess) =>
    nests.reduce((cycles, nest) => cycles + unhinderedCycles(nest), 0);
  return {
    ...call,
    bytes,
    memoryCycles: bytes / streamBytesPerCycle(device),
    busyCycles: Object.fromEntries(processes.map((process) => [process.name, busyOf(process)])),
  };
}

/** A call that does this work in so many cycles: by itself, or as one of many that overlap. */
export function workIn(work: CallWork, cycles: number): TimedCall {
  const { memoryCycles, busyCycles, ...call } = work;
  const shareOf = (busy: number) => (cycles === 0 ? 0 : Math.min(1, busy / cycles));
  const busy = Object.fromEntries(Object.entries(busyCycles).map(([name, own]) => [name, shareOf(own)]));
  return { ...call, cycles, memoryShare: shareOf(memoryCycles), busy };
}

/** Times a call by itself. Throws CheckFailed where it deadlocks. */
export function timeCall(timed: TimedAccelerator, call: CallKind): TimedCall {
  return workIn(workOf(timed, call), runCall(timed, call).cycles);
}

/**
 * Simulates calls with the board's memory, one after the other as far as they overlap, and tells `onWait` of every wait. Throws CheckFailed where
 * they deadlock.
 */
export function runCalls(
  { layer, schedule, shape, device }: TimedAccelerator,
  calls: readonly CallKind[],
  board: BoardOptions = {},
  onWait?: OnWait,
): SimulationReport {
  const scalars = new Map(calls.map((call) => [call, callScalars(layer, shape, call)]));
  const slots = Math.max(1, ...calls.map((call) => slotsIn(partsOf(call))));
  const report = simulateCalls(
    layer.network,
    calls.map((call) => scalars.get(call)!),
    {
      ...simulatedTiming(schedule),
      memory: boardMemory(layer.network, device, {
        addresses: portAddresses(shape, layer.network.ports, device, slots),
        ...board,
      }),
      ...(onWait ? { onWait } : {}),
    },
  );
  if (report.outcome === 'done') return report;
  const [{ kind, tokens }] = calls;
  throw new CheckFailed(
    `plan: a ${kind} call of ${tokens} tokens: ${report.deadlock?.message ?? report.outcome}`,
  );
}

/** Simulates one call by itself. */
export function runCall(
  timed: TimedAccelerator,
  call: CallKind,
  board: BoardOptions = {},
  onWait?: OnWait,
): SimulationReport {
  return runCalls(timed, [call], board, onWait);
}

/** So many calls of a layer that follow each other. */
export const layersOf = (count: number, call: CallKind): CallKind[] =>
  Array.from({ length: count }, () => call);

/**
 * Cycles of calls that follow each other with the board's memory as co-simulation has it, cycle by cycle. Throws CheckFailed where they
 * deadlock.
 */
export function callCycles(
  timed: TimedAccelerator,
  calls: CallKind | readonly CallKind[],
  board: BoardOptions = {},
): number {
  return runCalls(timed, 'kind' in calls ? [calls] : calls, board).cycles;
}

/** Scalars of a call, by name. */
export function callScalars(
  layer: LayerNetwork,
  shape: AcceleratorShape,
  call: CallKind,
): Record<string, number> {
  return call.kind === 'head' ? headCall(layer, shape, call.tokens) : layerCall(layer, shape, partsOf(call));
}
