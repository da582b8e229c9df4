/**
 * Checks a plan against the network it speaks of, sharing no code with the planner: sums, limits, divisibility, FIFO depths, and cycles that
 * no hardware of these lanes and this memory could beat. Returns what is wrong, one line each.
 */
import type { Network } from '../kernel/ir.js';
import type { Device } from './board/device.js';
import type { Plan } from './plan-types.js';

/** Violations found; empty for a plan that holds. */
export function verifyPlan(plan: Plan, network: Network, device: Device): string[] {
  return [
    ...lanes(plan),
    ...area(plan, device),
    ...processes(plan, network),
    ...fifos(plan, network),
    ...cycles(plan, device),
  ];
}

function lanes({ shape, model: { dims } }: Plan): string[] {
  const bc = dims.nGroups * dims.dState;
  const wordBits = shape.weightLanes * shape.weightPorts * 8;
  const weightBits = dims.weights?.bits ?? 8;
  const pairs: [string, number, number][] = [
    ['residualLanes of dModel', shape.residualLanes, dims.dModel],
    ['in_proj columns of dModel', shape.inProj.cols, dims.dModel],
    ['out_proj columns of dInner', shape.outProj.cols, dims.dInner],
    ['normLanes of in_proj columns', shape.normLanes, shape.inProj.cols],
    ['gateLanes of out_proj columns', shape.gateLanes, shape.outProj.cols],
    ['rescaleLanes of in_proj rows', shape.rescaleLanes, shape.inProj.rows],
    ['addLanes of out_proj rows', shape.addLanes, shape.outProj.rows],
    ['convLanes of B', shape.convLanes, bc],
    ['convLanes of x', shape.convLanes, dims.dInner],
    ...(dims.nGroups > 1
      ? [['ssm rows of headDim', shape.ssm.rows, dims.headDim] as [string, number, number]]
      : []),
    ['ssm columns of dState', shape.ssm.cols, dims.dState],
    ['weight words of an in_proj tile', wordBits, shape.inProj.rows * shape.inProj.cols * weightBits],
    ['weight words of an out_proj tile', wordBits, shape.outProj.rows * shape.outProj.cols * weightBits],
  ];
  return pairs
    .filter(([, part, whole]) => part < 1 || whole % part !== 0)
    .map(([what, part, whole]) => `${what}: ${part} does not divide ${whole}`);
}

function area({ resources, processes: own, channels, ports, frame }: Plan, device: Device): string[] {
  const problems: string[] = [];
  const { used } = resources;
  for (const kind of ['lut', 'ff', 'dsp', 'bram36'] as const) {
    let sum = 0;
    for (const unit of [...own, ...channels, ...ports, ...frame]) sum += unit.resources[kind];
    if (sum !== used[kind]) problems.push(`${kind}: ${used[kind]} in all, the units have ${sum}`);
  }
  const over =
    used.lut > device.lut || used.ff > device.ff || used.dsp > device.dsp || used.bram36 > device.bram36;
  if (over === resources.fits)
    problems.push(`said to ${resources.fits ? 'fit' : 'exceed'} device ${device.name}, which is not so`);
  return problems;
}

function processes(plan: Plan, network: Network): string[] {
  const problems: string[] = [];
  const names = network.processes.map((process) => process.name).join(' ');
  if (plan.processes.map((unit) => unit.name).join(' ') !== names)
    problems.push('processes differ from those of the network');
  for (const { name, busyDecode, busyPrefill, interval, depth } of plan.processes) {
    for (const share of [busyDecode, busyPrefill])
      if (!(share >= 0 && share <= 1)) problems.push(`process ${name}: busy share ${share}`);
    if (interval < 1 || depth < 1) problems.push(`process ${name}: interval ${interval}, depth ${depth}`);
  }
  return problems;
}

function fifos(plan: Plan, network: Network): string[] {
  const problems: string[] = [];
  const planned = new Map(plan.channels.map((channel) => [channel.name, channel]));
  const wordsOf = (name: string) => planned.get(name)?.depth ?? 0;
  for (const [{ name }, depth] of network.depths) {
    if (wordsOf(name) < 1) problems.push(`channel ${name}: depth ${wordsOf(name)}, expected 1 or more`);
    if (wordsOf(name) !== depth)
      problems.push(`channel ${name}: ${wordsOf(name)} words, the network has ${depth}`);
  }
  if (planned.size !== network.channels.length)
    problems.push(`${planned.size} channels, the network has ${network.channels.length}`);
  // The values of a row wait for the sum of all of them.
  const { dims } = plan.model;
  const rows: [string, number][] = [
    ['norm_in_values', dims.dModel / plan.shape.normLanes],
    ['gated_norm_values', dims.dInner / (dims.groupNorm ? dims.nGroups : 1) / plan.shape.gateLanes],
  ];
  for (const [name, words] of rows)
    if (wordsOf(name) < words) problems.push(`channel ${name}: ${wordsOf(name)} words, a row has ${words}`);
  return problems;
}

/** Bounds from the numbers of products and bytes alone. */
function cycles(plan: Plan, device: Device): string[] {
  const { model, shape, decode, batches, prefill } = plan;
  const { dims } = model;
  const problems: string[] = [];
  const atLeast = (what: string, found: number, least: number) => {
    if (found < Math.floor(least))
      problems.push(`${what}: ${found} cycles, at least ${Math.floor(least)} are needed`);
  };
  const inWeights = (2 * dims.dInner + 2 * dims.nGroups * dims.dState + dims.nHeads) * dims.dModel;
  const outWeights = dims.dModel * dims.dInner;
  const { channels, bitsPerTransfer, megaTransfersPerSecond } = device.memory;
  const pins = (channels * bitsPerTransfer * megaTransfersPerSecond) / 8 / device.clockMHz;
  const { bits = 8, headBits = 8 } = dims.weights ?? {};
  const stateBytes = 2 * Math.ceil(dims.stateBits / 8) * dims.dInner * dims.dState;
  const weightBytes = ((inWeights + outWeights) * bits) / 8;
  atLeast('decode, a layer', decode.layerCycles, (weightBytes + stateBytes) / pins);
  atLeast('decode, the head', decode.headCycles, (dims.vocabRows * dims.dModel * headBits) / 8 / pins);
  for (const { sequences, layerCycles, bytes, cycles: all } of batches) {
    const least = weightBytes + sequences * stateBytes;
    atLeast(`decode of ${sequences} sequences, a layer`, layerCycles, least / pins);
    atLeast(`decode of ${sequences} sequences`, all, bytes / pins);
  }
  const inArray = shape.inProj.rows * shape.inProj.cols;
  const outArray = shape.outProj.rows * shape.outProj.cols;
  const perToken = Math.max(
    inWeights / inArray,
    outWeights / outArray,
    (dims.dInner * dims.dState) / (shape.ssm.rows * shape.ssm.cols),
  );
  for (const { tokens, layerCycles, cycles: all, tokensPerSecond } of prefill) {
    atLeast(`prefill of ${tokens}, a layer`, layerCycles, tokens * perToken);
    atLeast(`prefill of ${tokens}`, all, model.layers * layerCycles);
    if (Math.abs((tokensPerSecond * all) / (device.clockMHz * 1e6 * tokens) - 1) > 1e-9)
      problems.push(`prefill of ${tokens}: ${tokensPerSecond} tokens/s do not follow from ${all} cycles`);
  }
  return problems;
}
