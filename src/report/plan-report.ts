/**
 * A plan as tables: speed and what bounds it, area against the device, memory traffic and roofline, units, FIFOs. All figures of a plan are
 * planned ones and every table says so; measured and published figures have tables (and columns) of their own.
 */
import { addResources, noResources } from '../plan/area/resources.js';
import type { Bound, FrontPoint, PackedPlan, Plan, SpeculationPlan } from '../plan/plan-types.js';
import type { Traffic } from '../plan/time/traffic.js';
import { totalBytes } from '../plan/time/traffic.js';
import {
  bytes,
  count,
  milliseconds,
  percent,
  type ReportStyle,
  rate,
  reportStyle,
  type TableData,
  textTable,
} from './table.js';

/** The whole plan. `details` adds the tables of units, channels, ports and frame, and the search's Pareto front. */
export function planReport(
  plan: Plan,
  options: { readonly details?: boolean; readonly style?: ReportStyle } = {},
): string {
  const { details = true, style = reportStyle() } = options;
  const text = (data: TableData) => textTable(data, style);
  const speeds = [
    speedTable(plan),
    ...(plan.speculation ? [speculationTable(plan.speculation)] : []),
    ...(plan.packed ? [packedTable(plan.packed)] : []),
  ];
  const parts = [headline(plan), ...speeds.map(text), text(areaTable(plan)), text(trafficTable(plan))];
  if (details) parts.push(text(unitTable(plan)), text(channelTable(plan)), text(frameTable(plan)));
  if (details && plan.front) parts.push(text(frontTable(plan.front)));
  if (plan.notes.length > 0) parts.push(`Notes\n${plan.notes.map((note) => `  ${note}`).join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

function headline({ model, device, preset, shape, resources, digest }: Plan): string {
  const { dims } = model;
  const over = resources.fits
    ? resources.withinBudget
      ? 'fits'
      : 'fits the device, but not within the planner’s margins'
    : 'DOES NOT FIT';
  return [
    `${model.name} (${model.layers} layers of ${dims.dModel}) on ${device.name} at ${device.clockMHz} MHz, preset ${preset}: ${over}`,
    `in_proj ${shape.inProj.rows} x ${shape.inProj.cols}, out_proj ${shape.outProj.rows} x ${shape.outProj.cols} products a cycle, SSM ${shape.ssm.rows} x ${shape.ssm.cols}, chunks of ${shape.chunkTokens} tokens; plan ${digest.slice(0, 12)}`,
  ].join('\n');
}

/** Tokens a second and their bound. */
export function speedTable({ decode, batches, prefill }: Plan): TableData {
  const rows = [
    [
      'decode, one token',
      count(decode.layerCycles),
      count(decode.cycles),
      rate(decode.tokensPerSecond),
      '',
      boundText(decode.bound),
    ],
    ...batches.map((b) => [
      `decode, ${b.sequences} sequences`,
      count(b.layerCycles),
      count(b.cycles),
      rate(b.tokensPerSecond),
      '',
      boundText(b.bound),
    ]),
    ...prefill.map((p) => [
      `prefill, ${count(p.tokens)} tokens${p.from === 'extrapolation' ? ' *' : ''}`,
      count(p.layerCycles),
      count(p.cycles),
      rate(p.tokensPerSecond),
      milliseconds(p.tokens / p.tokensPerSecond),
      boundText(p.bound),
    ]),
  ];
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'cycles a layer', ...right },
    { head: 'cycles in all', ...right },
    { head: 'tokens/s', ...right },
    { head: 'first token', ...right },
    { head: 'bound by' },
  ];
  const isExtrapolated = prefill.some((p) => p.from === 'extrapolation');
  const foot = isExtrapolated ? '* a straight line through two simulated lengths' : '';
  return { title: 'Speed', figures: 'planned', columns, rows, foot };
}

/** Tokens a second with drafts, over the tokens that a call makes. */
export function speculationTable(speculation: readonly SpeculationPlan[]): TableData {
  const drafts = [...new Set(speculation.map((plan) => plan.drafts))];
  const lengths = [...new Set(speculation.map((plan) => plan.tokensPerCall))].sort((a, b) => a - b);
  const speedOf = (length: number, k: number) =>
    speculation.find((plan) => plan.drafts === k && plan.tokensPerCall === length)?.tokensPerSecond;
  const cell = (speed: number | undefined) => (speed === undefined ? '' : rate(speed));
  return {
    title: 'Speculation, tokens/s',
    figures: 'planned',
    columns: drafts.map((k) => ({ head: `${k} draft${k === 1 ? '' : 's'}`, align: 'right' })),
    rows: lengths.map((length) => [
      `${length} token${length === 1 ? '' : 's'} a call`,
      ...drafts.map((k) => cell(speedOf(length, k))),
    ]),
  };
}

/** Prompts in one call, and one prompt of as many tokens. */
export function packedTable({
  prompts,
  tokens,
  cycles,
  tokensPerSecond,
  onePromptCycles,
}: PackedPlan): TableData {
  const all = prompts * tokens;
  const right = { align: 'right' } as const;
  return {
    title: 'Packed prompts',
    figures: 'planned',
    columns: [
      { head: 'cycles in all', ...right },
      { head: 'tokens/s', ...right },
    ],
    rows: [
      [`${prompts} prompts of ${count(tokens)} tokens`, count(cycles), rate(tokensPerSecond)],
      [
        `one prompt of ${count(all)} tokens`,
        count(onePromptCycles),
        rate((tokensPerSecond * cycles) / onePromptCycles),
      ],
    ],
  };
}

function boundText({ kind, name, share }: Bound): string {
  return `${kind === 'memory' ? 'memory' : name}, busy ${percent(share)}`;
}

/** Area in all against device and margin. */
export function areaTable({ resources }: Plan): TableData {
  const { used, shell, device, budget } = resources;
  const [total, margin] = [used, budget].map((kernel) => addResources(kernel, shell ?? noResources));
  const names = { dsp: 'DSP', lut: 'LUT', ff: 'FF', bram36: 'BRAM36' } as const;
  const rows = (['dsp', 'lut', 'ff', 'bram36'] as const).map((kind) => [
    names[kind],
    used[kind].toLocaleString('en-US'),
    ...(shell ? [shell[kind].toLocaleString('en-US')] : []),
    count(device[kind]),
    percent(total[kind] / device[kind]),
    percent(margin[kind] / device[kind]),
    total[kind] > device[kind] ? 'too many' : total[kind] > margin[kind] ? 'above the margin' : '',
  ]);
  const right = { align: 'right' } as const;
  const columns = [
    { head: shell ? 'kernel' : 'used', ...right },
    ...(shell ? [{ head: 'shell', ...right }] : []),
    { head: 'device', ...right },
    { head: 'share', ...right },
    { head: 'margin', ...right },
    { head: '' },
  ];
  return { title: 'Area', figures: 'planned', columns, rows };
}

/** Bytes by kind, and the roofline of the board. */
export function trafficTable({ traffic, roofline, shape }: Plan): TableData {
  const kinds = ['weights', 'rescale', 'parameters', 'state', 'residual', 'logits'] as const;
  const row = (name: string, of: (t: Traffic) => number) => [
    name,
    bytes(of(traffic.decodeToken)),
    bytes(of(traffic.prefillChunk)),
  ];
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'a token, decode', ...right },
    { head: `a chunk of ${shape.chunkTokens}, prefill`, ...right },
  ];
  const rows = [...kinds.map((kind) => row(kind, (t) => t[kind])), row('in all', totalBytes)];
  const { decodeTokensPerSecondAtPins: pins, decodeTokensPerSecondOfStreams: streams } = roofline;
  const foot = [
    `Roofline: memory ${bytes(roofline.pinBytesPerSecond)}/s at the pins allows ${rate(pins)} tokens/s in decode, ${rate(streams)} as long streams get it;`,
    `${count(roofline.macsPerCycle)} products a cycle allow ${rate(roofline.prefillTokensPerSecondOfArrays)} tokens/s in prefill.`,
  ].join('\n');
  return { title: 'Memory traffic', figures: 'planned', columns, rows, foot };
}

/** A row a process, in the order of the network. */
export function unitTable({ processes }: Plan): TableData {
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'unit' },
    { head: 'lanes', ...right },
    { head: 'II', ...right },
    { head: 'depth', ...right },
    { head: 'LUT', ...right },
    { head: 'FF', ...right },
    { head: 'DSP', ...right },
    { head: 'BRAM36', ...right },
    { head: 'busy, decode', ...right },
    { head: 'busy, prefill', ...right },
  ];
  const rows = processes.map((p) => [
    p.name,
    p.unit,
    p.lanes.length === 0 ? '1' : p.lanes.join(' x '),
    String(p.interval),
    String(p.depth),
    count(p.resources.lut),
    count(p.resources.ff),
    count(p.resources.dsp),
    p.resources.bram36.toLocaleString('en-US'),
    percent(p.busyDecode),
    percent(p.busyPrefill),
  ]);
  return { title: 'Process', figures: 'planned', columns, rows };
}

/** A row a FIFO. */
export function channelTable({ channels }: Plan): TableData {
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'word' },
    { head: 'bits', ...right },
    { head: 'depth', ...right },
    { head: 'LUT', ...right },
    { head: 'FF', ...right },
    { head: 'BRAM36', ...right },
    { head: 'from' },
    { head: 'to' },
  ];
  const rows = channels.map((c) => [
    ...[c.name, c.type, count(c.bits), count(c.depth)],
    ...[count(c.resources.lut), count(c.resources.ff), c.resources.bram36.toLocaleString('en-US')],
    ...[c.from, c.to],
  ]);
  return { title: 'FIFO', figures: 'planned', columns, rows };
}

/** AXI masters of the ports, and what joins the units. */
export function frameTable({ ports, frame }: Plan): TableData {
  const right = { align: 'right' } as const;
  const columns = [
    { head: '' },
    { head: 'LUT', ...right },
    { head: 'FF', ...right },
    { head: 'BRAM36', ...right },
  ];
  const rows = [
    ...ports.map(({ name, direction, bits, resources }) => ({
      name,
      note: `${direction}s ${count(bits)} bits`,
      resources,
    })),
    ...frame.map(({ name, unit, resources }) => ({ name, note: unit, resources })),
  ];
  const cells = rows.map(({ name, note, resources: { lut, ff, bram36 } }) => [
    ...[name, note, count(lut), count(ff), bram36.toLocaleString('en-US')],
  ]);
  return { title: 'Port or frame', figures: 'planned', columns, rows: cells };
}

/** Designs that no other one beats in speed with less area; figures are the search's estimates. */
export function frontTable(front: readonly FrontPoint[]): TableData {
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'area share', ...right },
    { head: 'decode, tokens/s', ...right },
    { head: 'prefill, tokens/s', ...right },
    { head: 'SSM', ...right },
    { head: 'chunk', ...right },
    { head: '' },
  ];
  const rows = front.map(({ shape: { inProj, outProj, ssm, chunkTokens }, ...point }) => [
    `in_proj ${inProj.rows} x ${inProj.cols}, out_proj ${outProj.rows} x ${outProj.cols}`,
    percent(point.areaShare),
    rate(point.decodeTokensPerSecond),
    rate(point.prefillTokensPerSecond),
    `${ssm.rows} x ${ssm.cols}`,
    count(chunkTokens),
    point.isChosen ? 'chosen' : '',
  ]);
  return { title: 'Pareto front of the search', figures: 'planned', columns, rows };
}
