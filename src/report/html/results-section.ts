/** What really ran: C simulation, co-simulation of the RTL and synthesis, each with the plan it speaks of and the command that made it. */
import { boardAreaTable, boardCellTable, boardClockTable, boardLine } from '../board-report.js';
import { count, percent } from '../table.js';
import { type PageData, shortDigest } from './page-data.js';
import { heading, type Part, type Section, tablePart } from './parts.js';
import type { ResultFile, ResultName, Results } from './results.js';

type Result<N extends ResultName> = NonNullable<Results[N]>;

const right = { align: 'right' } as const;

/** The section; a step that did not run is said with its command. */
export function resultsSection(data: PageData): Section {
  const { results } = data;
  const csims = (['csim', 'hls'] as const).flatMap((name) => (results[name] ? [name] : []));
  return {
    id: 'results',
    title: 'Simulation, synthesis and board',
    parts: [
      heading('C simulation'),
      ...(csims.length > 0 ? csimParts(data, csims) : [missing(data, 'csim')]),
      heading('Co-simulation of the RTL'),
      ...(results.cosim ? cosimParts(data, results.cosim) : [missing(data, 'cosim')]),
      heading('Synthesis'),
      ...(results.synth ? synthParts(data, results.synth) : [missing(data, 'synth')]),
      heading('Bitstream'),
      ...(results.board ? boardParts(data, results.board) : [missing(data, 'board')]),
    ],
  };
}

const steps = {
  csim: 'C simulation',
  cosim: 'Co-simulation',
  synth: 'Synthesis',
  board: 'Implementation',
} as const;

function missing({ commands }: PageData, name: keyof typeof steps): Part {
  return { kind: 'command', text: `${steps[name]} did not run. This runs it:`, command: commands[name] };
}

/** Whose plan it is, and how it was made. */
function provenance({ plan }: PageData, { plan: digest, command, tool }: ResultFile): Part[] {
  const own = digest === plan.digest;
  const made: Part = { kind: 'command', text: tool ? `${tool}:` : 'Made by:', command };
  if (own) return [made];
  const other = digest === null ? 'none' : shortDigest(digest);
  return [
    {
      kind: 'remark',
      tone: 'bad',
      text: `Belongs to another plan, ${other}, not to the one shown, ${shortDigest(plan.digest)}.`,
    },
    made,
  ];
}

function verdict({ words, mismatches }: { readonly words: number; readonly mismatches: number }): Part {
  if (words === 0) return { kind: 'remark', tone: 'bad', text: 'Nothing was compared.' };
  return mismatches === 0
    ? { kind: 'remark', tone: 'good', text: `Equal to the golden model in all ${count(words)} words.` }
    : { kind: 'remark', tone: 'bad', text: `Differs from the golden model in ${count(mismatches)} words.` };
}

/** `csim` and `hls` run the same simulation; each that ran has a row. */
function csimParts(data: PageData, names: readonly ('csim' | 'hls')[]): Part[] {
  const { csim, hls } = data.results;
  const figures = { csim: csim?.result, hls: hls?.result.csim };
  return [
    ...names.flatMap((name) => [...provenance(data, data.results[name]!), verdict(figures[name]!)]),
    tablePart({
      ...{ title: 'Compared with the golden model', first: 'by', figures: 'measured' },
      columns: [
        { head: 'words compared', ...right },
        { head: 'mismatches', ...right },
        { head: 'seconds in the kernels', ...right },
      ],
      rows: names.map((name) => {
        const { words, mismatches, seconds } = figures[name]!;
        const isOwn = data.results[name]!.plan === data.plan.digest;
        return [isOwn ? name : `${name}, another plan`, count(words), count(mismatches), seconds.toFixed(1)];
      }),
    }),
  ];
}

function cosimParts(data: PageData, made: Result<'cosim'>): Part[] {
  const { result } = made;
  const { cycles, plannedCycles, stalls } = result;
  const off = plannedCycles === 0 ? 0 : cycles / plannedCycles - 1;
  const calls = tablePart({
    title: `Cycles, ${result.kernel} in ${result.engine}, memory ${result.memory}${stalls ? `, random stalls by seed ${result.seed}` : ''}`,
    columns: [
      { head: 'words compared', figures: 'measured', ...right },
      { head: 'mismatches', figures: 'measured', ...right },
      { head: 'cycles', figures: 'measured', ...right },
      { head: 'cycles', figures: 'planned', ...right },
      { head: 'measured against planned', ...right },
    ],
    rows: [
      [
        result.kernel,
        ...[result.words, result.mismatches, cycles, plannedCycles].map(count),
        stalls ? 'stalls are not planned' : `${off < 0 ? '' : '+'}${percent(off, 2)}`,
      ],
    ],
  });
  return [
    ...provenance(data, made),
    verdict(result),
    ...result.problems.slice(0, 3).map((text) => ({ kind: 'remark', tone: 'bad', text }) as const),
    calls,
    ...cosimDetails(result),
  ];
}

function cosimDetails({ processes, channels }: Result<'cosim'>['result']): Part[] {
  const work = ['busy', 'starved', 'blocked', 'waiting for memory'];
  return [
    tablePart({
      ...{ title: 'Cycles of every process', first: 'process', figures: 'measured' },
      columns: work.map((head) => ({ head, ...right })),
      rows: processes.map(({ name, busy, starved, blocked, waiting }) => [
        name,
        ...[busy, starved, blocked, waiting].map(count),
      ]),
    }),
    tablePart({
      ...{ title: 'How full the FIFOs got', first: 'FIFO' },
      columns: [
        { head: 'highest fill', figures: 'measured', ...right },
        { head: 'depth', figures: 'planned', ...right },
      ],
      rows: channels
        .filter(({ highest }) => highest > 0)
        .map(({ name, depth, highest }) => [name, count(highest), count(depth)]),
    }),
  ];
}

const kinds = ['dsp', 'lut', 'ff', 'bram36'] as const;
const kindNames = { dsp: 'DSP48E1', lut: 'LUT', ff: 'FF', bram36: 'BRAM36' } as const;
const amount = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

function synthParts(data: PageData, made: Result<'synth'>): Part[] {
  const { result, kernel } = made;
  const { total, units, tool, version } = result;
  const { device } = data.plan.resources;
  const planned = (kind: (typeof kinds)[number]) =>
    units.reduce((sum, unit) => sum + unit.count * (unit.planned?.[kind] ?? 0), 0);
  return [
    ...provenance(data, { ...made, tool: `${tool} ${version}` }),
    tablePart({
      title: kernel === null ? 'Area of the accelerator' : `Area of ${kernel}`,
      columns: [
        { head: 'in all', figures: 'synthesized', ...right },
        { head: `of ${data.plan.device.name}`, figures: 'synthesized', ...right },
        { head: 'in all', figures: 'planned', ...right },
      ],
      rows: kinds.map((kind) => [
        kindNames[kind],
        amount(total[kind]),
        percent(total[kind] / device[kind]),
        amount(planned(kind)),
      ]),
    }),
    tablePart(synthUnits(result)),
  ];
}

/** What Vivado made of the whole board. */
function boardParts(data: PageData, made: Result<'board'>): Part[] {
  const { built, version } = made.result;
  const tool = { ...made, tool: `Vivado ${version}` };
  if (!built) return provenance(data, tool);
  const { timing } = built;
  return [
    ...provenance(data, tool),
    { kind: 'remark', tone: timing.isMet ? 'good' : 'bad', text: boardLine(built) },
    tablePart({ ...boardAreaTable(made.result, built), title: 'Area of the board' }),
    tablePart({ ...boardCellTable(built), title: 'Area of the cells of the block design', first: 'cell' }),
    tablePart({ ...boardClockTable(built), title: 'Clocks', first: 'clock' }),
  ];
}

function synthUnits({ units }: Result<'synth'>['result']) {
  const synthesized = kinds.map(
    (kind) => ({ head: kindNames[kind], figures: 'synthesized', ...right }) as const,
  );
  const planned = kinds.map((kind) => ({ head: kindNames[kind], figures: 'planned', ...right }) as const);
  return {
    ...{ title: 'Area of one instance, and its longest stage', first: 'unit' },
    columns: [
      { head: 'count', ...right },
      ...synthesized,
      ...planned,
      { head: 'longest stage, ns', figures: 'synthesized', ...right } as const,
      { head: 'budget, ns', figures: 'planned', ...right } as const,
    ],
    rows: units.map((unit) => [
      unit.name,
      count(unit.count),
      ...kinds.map((kind) => amount(unit[kind])),
      ...kinds.map((kind) => (unit.planned ? amount(unit.planned[kind]) : '–')),
      unit.ns === null ? '–' : unit.ns.toFixed(2),
      unit.budgetNs.toFixed(2),
    ]),
  };
}
