/**
 * Makes a plan: chooses a shape (or takes one), builds and schedules the layer network, sizes its FIFOs, counts its area and times its calls.
 * A plan is immutable data that prints as JSON; the same request gives the same bytes. Throws UserError for dims or a device that do not go
 * together, CheckFailed for a network that deadlocks.
 */
import { UserError } from '../errors.js';
import { withDepths } from '../kernel/depths.js';
import type { Network } from '../kernel/ir.js';
import { isWiring } from '../kernel/operations.js';
import { printType, totalBits } from '../kernel/type.js';
import { scheduleNetwork } from '../schedule/asap.js';
import type { Schedule } from '../schedule/schedule.js';
import type { TimingTarget } from '../schedule/target.js';
import { buildLayerNetwork, type LayerNetwork } from '../units/layer/network.js';
import type { AcceleratorShape, ModelDims } from '../units/shape.js';
import { networkResources } from './area/network.js';
import {
  allUnits,
  type NetworkResources,
  noResources,
  type Resources,
  totalResources,
} from './area/resources.js';
import { type Device, targetOf } from './board/device.js';
import { digestOf } from './digest.js';
import type { ChannelPlan, Plan, PortPlan, ProcessPlan } from './plan-types.js';
import { type ChosenShape, DEFAULT_WORKLOAD, type Preset, presetShape } from './search/presets.js';
import type { Purpose } from './search/workload.js';
import { checkDims } from './shape/dims.js';
import { budgetOf, shortOf } from './shape/estimate.js';
import { fifoDepths } from './time/fifos.js';
import { type PlannedCalls, rooflineOf, speedOf } from './time/speed.js';
import { type TimedAccelerator, type TimedCall, timeCall } from './time/timing.js';
import { addTraffic, headTraffic, layerTraffic } from './time/traffic.js';

export interface PlanRequest {
  /** Name of the model, for people. */
  readonly model: string;
  readonly layers: number;
  readonly dims: ModelDims;
  readonly device: Device;
  /** A preset, or a shape of one's own. */
  readonly preset?: Preset;
  readonly shape?: AcceleratorShape;
  /** Prompt lengths that prefill is planned for. */
  readonly prefillTokens?: readonly number[];
  /** What `auto` is to be fast at, prompt length it counts with, and what it may use: see presets.ts for what is left out. */
  readonly purpose?: Purpose;
  readonly searchTokens?: number;
  readonly limit?: Resources;
  readonly target?: TimingTarget;
}

/** A plan with what it was made from: what emitters need beside it. */
export interface PlannedAccelerator {
  readonly plan: Plan;
  readonly shape: AcceleratorShape;
  /** The network, its channels at the planned depths. */
  readonly layer: LayerNetwork;
  readonly schedule: Schedule;
  /** The timed calls that its speeds are made of. */
  readonly calls: PlannedCalls;
}

/** Prompt lengths of a plan unless told otherwise. */
export const DEFAULT_PREFILL_TOKENS = [64, 512, 2048];

/** The plan alone. */
export function makePlan(request: PlanRequest): Plan {
  return planAccelerator(request).plan;
}

/** The plan, and the network and schedule it speaks of. */
export function planAccelerator(request: PlanRequest): PlannedAccelerator {
  const { dims, device } = request;
  checkDims(dims);
  const limit = request.limit ?? budgetOf(device);
  const { shape, layer, schedule, notes, front, depths, resources, used } = chooseSized(request, limit);
  const chunk = shape.chunkTokens;
  const timed: TimedAccelerator = { layer, schedule, shape, device, depths };
  const decode = timeCall(timed, { kind: 'layer', tokens: 1 });
  const head = timeCall(timed, { kind: 'head', tokens: 1 });
  const shorter = timeCall(timed, { kind: 'layer', tokens: 2 * chunk });
  // Two chunks more: buffers that take turns have one more each.
  const longer = timeCall(timed, { kind: 'layer', tokens: 4 * chunk });
  const lengths = request.prefillTokens ?? DEFAULT_PREFILL_TOKENS;
  const calls = { decode, head, prefill: [shorter, longer] as const };
  const limits = { lut: device.lut, ff: device.ff, dsp: device.dsp, bram36: device.bram36 };
  const { dims: _, ...free } = shape;
  const body: Omit<Plan, 'digest'> = {
    version: 1,
    figures: 'planned',
    model: { name: request.model, layers: request.layers, dims },
    preset: request.shape ? 'none' : (request.preset ?? 'auto'),
    notes,
    device: { name: device.name, part: device.part, clockMHz: device.clockMHz },
    shape: free,
    processes: processPlans(layer.network, schedule, resources, decode, longer),
    channels: channelPlans(layer.network, resources),
    ports: portPlans(layer.network, resources),
    frame: resources.frame,
    resources: {
      used,
      device: limits,
      budget: limit,
      fits: shortOf(used, limits).length === 0,
      withinBudget: shortOf(used, limit).length === 0,
    },
    ...speedOf({ timed, layers: request.layers, calls, lengths }),
    traffic: {
      decodeToken: addTraffic(headTraffic(shape, 1), layerTraffic(shape, 1), request.layers),
      prefillChunk: addTraffic(headTraffic(shape, 0), layerTraffic(shape, chunk), request.layers),
    },
    roofline: rooflineOf(shape, device, request.layers),
    ...(front ? { front } : {}),
  };
  const fifos = body.channels.map(({ name, type, depth }) => ({ name, type, depth }));
  const hardware = { dims, device: body.device, shape: free, fifos };
  return { plan: Object.freeze({ ...body, digest: digestOf(hardware) }), shape, layer, schedule, calls };
}

/** A network with its FIFOs at the depths that calls need, and what all of it takes. */
interface Sized extends Built {
  readonly depths: Readonly<Record<string, number>>;
  readonly resources: NetworkResources;
  readonly used: Resources;
}

/** Searches that leave room for what FIFOs grew by in the one before. */
const MOST_SEARCHES = 3;

/** Chooses a shape and sizes its FIFOs; a searched one is within the limit with them, if any that was tried is. */
function chooseSized(request: PlanRequest, limit: Resources): Sized {
  const isSearched = !request.shape && (request.preset ?? 'auto') === 'auto';
  let sized = withFifos(chooseBuilt(request, limit), request.device);
  let within = limit;
  for (let search = 1; isSearched && search < MOST_SEARCHES; search++) {
    const short = shortOf(sized.used, limit);
    if (short.length === 0) break;
    for (const kind of short) within = { ...within, [kind]: within[kind] - (sized.used[kind] - limit[kind]) };
    try {
      sized = withFifos(chooseBuilt(request, within), request.device);
    } catch (error) {
      // Nothing fits with so much room left: what was found stands, and says that it is above the limit.
      if (error instanceof UserError) break;
      throw error;
    }
  }
  return sized;
}

function withFifos(built: Built, device: Device): Sized {
  const { layer, schedule, shape } = built;
  const calls = [3 * shape.chunkTokens, 1].map((tokens) => ({ kind: 'layer', tokens }) as const);
  const depths = fifoDepths({ layer, schedule, shape, device }, calls);
  const network = withDepths(layer.network, depths);
  const resources = networkResources(network, schedule);
  const used = totalResources(allUnits(resources));
  return { ...built, layer: { ...layer, network }, depths, resources, used };
}

interface Built extends Omit<ChosenShape, 'built'> {
  readonly layer: LayerNetwork;
  readonly schedule: Schedule;
}

/** The shape asked for, or the preset's, as a scheduled network. */
function chooseBuilt(request: PlanRequest, limit: Resources): Built {
  const { dims, device, shape, preset = 'auto', layers, purpose, searchTokens } = request;
  const { target = targetOf(device) } = request;
  const workload = {
    layers,
    purpose: purpose ?? DEFAULT_WORKLOAD.purpose,
    prefillTokens: searchTokens ?? DEFAULT_WORKLOAD.prefillTokens,
  };
  const { built, ...chosen }: ChosenShape = shape
    ? { shape, notes: [] }
    : presetShape(preset, { dims, device, workload, limit, target });
  if (built) return { ...chosen, layer: built.layer, schedule: built.schedule };
  const layer = buildLayerNetwork(chosen.shape);
  return { ...chosen, layer, schedule: scheduleNetwork(layer.network, target) };
}

function processPlans(
  network: Network,
  schedule: Schedule,
  resources: NetworkResources,
  decode: TimedCall,
  prefill: TimedCall,
): ProcessPlan[] {
  return network.processes.map((process, i) => {
    const nests = schedule.nests.filter((nest) => nest.process === process.name);
    const shapes = process.nests
      .flatMap((nest) => nest.body)
      .filter((node) => node.result && !isWiring(node) && node.operation.kind !== 'const')
      .map(({ shape }) => shape);
    const size = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1);
    return {
      name: process.name,
      unit: process.unit,
      lanes: shapes.reduce((most, shape) => (size(shape) > size(most) ? shape : most), []),
      interval: Math.max(...nests.map(({ interval }) => interval)),
      depth: Math.max(...nests.map(({ depth }) => depth)),
      resources: resources.processes[i].resources,
      busyDecode: decode.busy[process.name],
      busyPrefill: prefill.busy[process.name],
    };
  });
}

function channelPlans(network: Network, { fifos }: NetworkResources): ChannelPlan[] {
  const sizes = new Map(fifos.map((unit) => [unit.name, unit.resources]));
  const ends = { read: new Map<string, string>(), write: new Map<string, string>() };
  for (const process of network.processes)
    for (const { operation } of process.nests.flatMap((nest) => nest.body))
      if (operation.kind === 'read' || operation.kind === 'write')
        ends[operation.kind].set(operation.channel.name, process.name);
  return [...network.depths].map(([{ name, type }, depth]) => ({
    name,
    type: printType(type),
    bits: totalBits(type),
    depth,
    from: ends.write.get(name) ?? '',
    to: ends.read.get(name) ?? '',
    resources: sizes.get(`fifo_${name}`) ?? noResources,
  }));
}

function portPlans(network: Network, { ports }: NetworkResources): PortPlan[] {
  return network.ports.map(({ name, direction, type }, i) => ({
    name,
    direction,
    bits: totalBits(type),
    resources: ports[i].resources,
  }));
}
