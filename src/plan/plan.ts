/**
 * Makes a plan: chooses a shape (or takes one), builds and schedules the layer network, sizes its FIFOs, counts its area and times its calls.
 * A plan is immutable data that prints as JSON; the same request gives the same bytes. Throws UserError for dims or a device that do not go
 * together, CheckFailed for a network that deadlocks.
 */
import { UserError } from '../errors.js';
import { channelDepths, withDepths } from '../kernel/depths.js';
import type { Network } from '../kernel/ir.js';
import { isWiring } from '../kernel/operations.js';
import { printType, totalBits } from '../kernel/type.js';
import { scheduleNetwork } from '../schedule/asap.js';
import type { Schedule } from '../schedule/schedule.js';
import { promptParts, wholePart } from '../units/layer/call.js';
import { buildLayerNetwork, type LayerNetwork } from '../units/layer/network.js';
import { networkResources } from './area/network.js';
import {
  addResources,
  allUnits,
  type NetworkResources,
  noResources,
  type Resources,
  totalResources,
} from './area/resources.js';
import { type Device, targetOf } from './board/device.js';
import { memoryLayout, memoryNeed } from './board/layout.js';
import { promptOf } from './board/memory-model.js';
import { shortOf } from './budget.js';
import { digestOf } from './digest.js';
import { fifoDepths } from './fifos.js';
import { type AcceleratorRequest, type CompleteRequest, completeRequest } from './plan-request.js';
import type { ChannelPlan, Plan, PortPlan, ProcessPlan } from './plan-types.js';
import { type ChosenShape, presetShape } from './search/presets.js';
import { checkDims } from './shape/dims.js';
import { spareDepths } from './spare-memory.js';
import { type PlannedCalls, rooflineOf, speedOf } from './time/speed.js';
import { type TimedAccelerator, type TimedCall, timeCall } from './time/timing.js';
import { addTraffic, headTraffic, layerTraffic } from './time/traffic.js';

/** A plan with the shape, network, schedule and device it speaks of: what emitters and simulations need beside it. */
export interface PlannedAccelerator extends TimedAccelerator {
  readonly plan: Plan;
  /** The timed calls that its busy shares are of. */
  readonly calls: PlannedCalls;
}

/** Plans: the plan's figures, and the accelerator they speak of. */
export function planAccelerator(request: AcceleratorRequest): PlannedAccelerator {
  const complete = completeRequest(request);
  const { name, layers, dims, device, limit, shellArea } = complete;
  checkDims(dims);
  const { shape, layer, schedule, notes, front, resources, used } = chooseSized(complete);
  requireMemory(name, memoryNeed(memoryLayout(shape, layers), layer.network.ports, device), device);
  const chunk = shape.chunkTokens;
  const timed: TimedAccelerator = { layer, schedule, shape, device };
  const decode = timeCall(timed, { kind: 'layer', tokens: 1 });
  const shorter = timeCall(timed, promptOf(2 * chunk));
  // Two chunks more: buffers that take turns have one more each.
  const longer = timeCall(timed, promptOf(4 * chunk));
  const calls = { decode, prefill: [shorter, longer] as const };
  const limits = { lut: device.lut, ff: device.ff, dsp: device.dsp, bram36: device.bram36 };
  const { dims: _, ...free } = shape;
  const body: Omit<Plan, 'digest'> = {
    version: 1,
    figures: 'planned',
    model: { name, layers, dims },
    preset: complete.shape ? 'none' : complete.preset,
    notes,
    device: { name: device.name, part: device.part, clockMHz: device.clockMHz },
    shape: free,
    processes: processPlans(layer.network, schedule, resources, decode, longer),
    channels: channelPlans(layer.network, resources),
    ports: portPlans(layer.network, resources),
    frame: resources.frame,
    resources: {
      used,
      shell: shellArea,
      device: limits,
      budget: limit,
      fits: shortOf(addResources(used, shellArea ?? noResources), limits).length === 0,
      withinBudget: shortOf(used, limit).length === 0,
    },
    ...speedOf({ timed, layers, lengths: complete.prefillTokens, sequences: complete.sequences }),
    traffic: {
      decodeToken: addTraffic(headTraffic(shape, 1), layerTraffic(shape, wholePart(1)), layers),
      prefillChunk: addTraffic(
        headTraffic(shape, 0),
        layerTraffic(shape, promptParts(chunk), { chunks: 1 }),
        layers,
      ),
    },
    roofline: rooflineOf(shape, device, layers),
    ...(front ? { front } : {}),
  };
  const fifos = body.channels.map(({ name, type, depth }) => ({ name, type, depth }));
  const hardware = { dims, device: body.device, shape: free, fifos };
  return { plan: Object.freeze({ ...body, digest: digestOf(hardware) }), ...timed, calls };
}

function requireMemory(name: string, { needed, there }: ReturnType<typeof memoryNeed>, device: Device): void {
  if (needed > there)
    throw new UserError(
      `plan: ${name} takes ${needed.toLocaleString('en-US')} bytes of memory; ${device.name} has ${there.toLocaleString('en-US')}`,
    );
}

/** A network with its FIFOs at the depths that calls need, and what all of it takes. */
interface Sized extends Built {
  /** What it took before its FIFOs were sized. */
  readonly searched: Resources;
  readonly resources: NetworkResources;
  readonly used: Resources;
}

/** Searches that leave room for what FIFOs grew by in the one before. */
const MOST_SEARCHES = 6;

/** Chooses a shape and sizes its FIFOs; a searched one is within the limit with them, if any that was tried is. */
function chooseSized(request: CompleteRequest): Sized {
  const { limit, device } = request;
  const isSearched = !request.shape && request.preset === 'auto';
  let sized = withFifos(chooseBuilt(request), device);
  let within = limit;
  for (let search = 1; isSearched && search < MOST_SEARCHES; search++) {
    const short = shortOf(sized.used, limit);
    if (short.length === 0) break;
    // What the FIFOs take that were not counted while it was searched, and at least what is too much now.
    for (const kind of short) {
      const above = sized.used[kind] - limit[kind];
      const grown = sized.used[kind] - sized.searched[kind];
      within = { ...within, [kind]: Math.min(within[kind] - above, limit[kind] - grown) };
    }
    try {
      sized = withFifos(chooseBuilt({ ...request, limit: within }), device);
    } catch (error) {
      // Nothing fits with so much room left: what was found stands, and says that it is above the limit.
      if (error instanceof UserError) break;
      throw error;
    }
  }
  return isSearched ? withSpareMemory(sized, limit) : sized;
}

function withFifos(built: Built, device: Device): Sized {
  const { layer, schedule, shape } = built;
  const calls = [3 * shape.chunkTokens, 1].map((tokens) => ({ kind: 'layer', tokens }) as const);
  const searched = totalResources(allUnits(networkResources(layer.network, schedule)));
  return withDepthsOf({ ...built, searched }, fifoDepths({ layer, schedule, shape, device }, calls));
}

function withDepthsOf(
  built: Built & Pick<Sized, 'searched'>,
  depths: Readonly<Record<string, number>>,
): Sized {
  const { layer, schedule } = built;
  const network = withDepths(layer.network, depths);
  const resources = networkResources(network, schedule);
  const used = totalResources(allUnits(resources));
  return { ...built, layer: { ...layer, network }, resources, used };
}

/** Block RAM that is left goes to FIFOs (spare-memory.ts), as far as it goes. */
function withSpareMemory(sized: Sized, limit: Resources): Sized {
  let best = sized;
  for (const choices of spareDepths(sized.shape))
    for (const wanted of choices) {
      const own = channelDepths(best.layer.network);
      const deepened = Object.entries(wanted).map(([name, words]) => [name, Math.max(own[name], words)]);
      const deeper = withDepthsOf(best, { ...own, ...Object.fromEntries(deepened) });
      if (shortOf(deeper.used, limit).length > 0) continue;
      best = deeper;
      break;
    }
  return best;
}

interface Built extends Omit<ChosenShape, 'built'> {
  readonly layer: LayerNetwork;
  readonly schedule: Schedule;
}

/** The shape asked for, or the preset's, as a scheduled network. */
function chooseBuilt(request: CompleteRequest): Built {
  const { built, ...chosen } = chooseShape(request);
  if (built) return { ...chosen, layer: built.layer, schedule: built.schedule };
  const layer = buildLayerNetwork(chosen.shape);
  return { ...chosen, layer, schedule: scheduleNetwork(layer.network, targetOf(request.device)) };
}

function chooseShape(request: CompleteRequest): ChosenShape {
  const { shape, preset, chunkTokens } = request;
  if (shape) return { shape, notes: [] };
  const chosen = presetShape(preset, request);
  const own = chosen.shape.chunkTokens;
  if (chunkTokens === undefined || chunkTokens === own) return chosen;
  const notes = [...chosen.notes, `chunks of ${chunkTokens} tokens, as asked; by preset ${own}`];
  return { shape: chosen.shape.with({ chunkTokens }), notes };
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
