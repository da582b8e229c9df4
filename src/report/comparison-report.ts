/** The comparison with the paper as tables: a model after the other, a column a preset and kind of figure, then area beside the limits. */
import type { Plan } from '../plan/plan-types.js';
import type { ComparedModel, ComparedPreset, Comparison } from '../schema/comparison.js';
import { bytes, count, milliseconds, percent, type ReportStyle, rate, reportStyle, table } from './table.js';

const right = { align: 'right' } as const;

/** All tables. */
export function comparisonReport(comparison: Comparison, style: ReportStyle = reportStyle()): string {
  const { models, limits, device } = comparison;
  const foot = [
    `Planned: timed simulation of the scheduled network. Measured: cycles of the RTL with the memory model (npm run compare), of four layers that overlap, of further ones as in their steady state, and of the head. Published: arXiv 2505.18975.`,
    `${device.name} at ${device.clockMHz} MHz: memory ${bytes(limits.bytesPerSecond)}/s at the pins.`,
    ...shellLines(models),
    ...models.flatMap(({ size, others }) =>
      others.map(
        ({ name, source, decodeTokensPerSecond }) =>
          `Published by others: Mamba2-${size} in decode ${rate(decodeTokensPerSecond)} tokens/s (${name}; ${source}).`,
      ),
    ),
  ];
  return `${[...models.map((model) => modelTables(model, comparison, style)), foot.join('\n')].join('\n\n')}\n`;
}

/** What "beside the shell" means, where there is such a column. */
function shellLines(models: Comparison['models']): string[] {
  const shell = models.flatMap(({ presets }) => presets).find(({ plan }) => plan.resources.shell)?.plan
    .resources.shell;
  if (!shell) return [];
  return [
    `Beside the shell: memory controllers, PCIe and interconnect are counted with ${count(shell.lut)} LUT and ${count(shell.ff)} FF. The other plans and the paper's own give the kernel as much as the paper's design has in all.`,
  ];
}

function modelTables(model: ComparedModel, comparison: Comparison, style: ReportStyle): string {
  return [speedTable(model, style), areaTable(model, comparison, style)].join('\n\n');
}

const nameOf = ({ preset, shell, bits }: ComparedPreset) =>
  `${preset}${bits === 8 ? '' : ` ${bits} bits`}${shell === 'counted' ? ' beside the shell' : ''}`;

function speedTable({ size, presets, published }: ComparedModel, style: ReportStyle): string {
  const columns = [
    { head: `Mamba2-${size}` },
    ...presets.flatMap((compared) => [
      { head: `${nameOf(compared)}, planned`, ...right },
      ...(compared.measured ? [{ head: `${nameOf(compared)}, measured`, ...right }] : []),
    ]),
    { head: 'published', ...right },
    { head: 'limit', ...right },
  ];
  const row = (
    name: string,
    planned: (plan: Plan) => string,
    measured: (compared: ComparedPreset) => string | null | undefined,
    more: readonly [published: string, limit: string] = ['', ''],
  ) => [
    name,
    ...presets.flatMap((compared) => [
      planned(compared.plan),
      ...(compared.measured ? [measured(compared) ?? '-'] : []),
    ]),
    ...more,
  ];
  const { roofline } = presets[0].plan;
  const prompts = presets[0].plan.prefill.map(({ tokens }) => tokens);
  // Of the short, the middle and the long one it is the middle one that is also measured.
  const middle = Math.floor(prompts.length / 2);
  const prompt = prompts[middle];
  const prefill = (plan: Plan) => plan.prefill[middle];
  const macs = ({ shape: { inProj, outProj } }: Plan) =>
    `${inProj.rows} x ${inProj.cols} + ${outProj.rows} x ${outProj.cols}`;
  const none = () => '';
  const rows = [
    row('products a cycle', macs, none),
    row(
      '  of them in LUTs',
      ({ shape: { inProj, outProj } }) =>
        count(inProj.lutRows * inProj.cols + outProj.lutRows * outProj.cols),
      none,
    ),
    row('chunk, tokens', ({ shape }) => count(shape.chunkTokens), none),
    row(
      'decode, cycles a layer',
      ({ decode }) => count(decode.layerCycles),
      ({ measured }) => measured?.decode && count(measured.decode.layerCycles),
    ),
    row(
      'decode, cycles of the head',
      ({ decode }) => count(decode.headCycles),
      ({ measured }) => measured?.decode && count(measured.decode.headCycles),
    ),
    row(
      'decode, tokens/s',
      ({ decode }) => rate(decode.tokensPerSecond),
      ({ measured }) => measured?.decode && rate(measured.decode.tokensPerSecond),
      [published ? rate(published.decodeTokensPerSecond) : '', rate(roofline.decodeTokensPerSecondAtPins)],
    ),
    row(
      'decode, of the roofline',
      ({ decode, roofline: own }) => percent(decode.tokensPerSecond / own.decodeTokensPerSecondAtPins),
      ({ measured }) => measured?.decode && percent(measured.decode.rooflineShare),
    ),
    ...presets[0].plan.batches.map(({ sequences }) => {
      const own = (all: readonly { sequences: number; tokensPerSecond: number }[] | undefined) =>
        all?.find((batch) => batch.sequences === sequences);
      const text = (batch: ReturnType<typeof own>) => batch && rate(batch.tokensPerSecond);
      return row(
        `decode of ${sequences} sequences, tokens/s together`,
        ({ batches }) => text(own(batches)) ?? '-',
        ({ measured }) => text(own(measured?.batches)),
      );
    }),
    row(
      `prefill, cycles a layer (${count(prompt)} tokens planned)`,
      (plan) => count(prefill(plan).layerCycles),
      ({ measured }) =>
        measured?.prefill && `${count(measured.prefill.layerCycles)} (${count(measured.prefill.tokens)})`,
    ),
    row(
      'prefill, cycles a token and layer',
      (plan) => count(prefill(plan).layerCycles / prefill(plan).tokens),
      ({ measured }) => measured?.prefill && count(measured.prefill.cyclesPerToken),
    ),
    row(
      '  in_proj array busy',
      none,
      ({ measured }) => measured?.prefill && percent(measured.prefill.busyIn),
    ),
    row(
      '  out_proj array busy',
      none,
      ({ measured }) => measured?.prefill && percent(measured.prefill.busyOut),
    ),
    row(
      '  products that the model needs',
      none,
      ({ measured }) => measured?.prefill && percent(measured.prefill.usefulProducts),
    ),
    row(
      'prefill, tokens/s',
      (plan) => rate(prefill(plan).tokensPerSecond),
      ({ measured }) => measured?.prefill && rate(measured.prefill.tokensPerSecond),
    ),
    ...prompts.map((tokens) =>
      row(
        `time to the first token of ${count(tokens)}`,
        (plan) => {
          const own = plan.prefill.find((one) => one.tokens === tokens);
          return own ? milliseconds(own.tokens / own.tokensPerSecond) : '-';
        },
        ({ measured }) => {
          const own = measured?.firstToken.find((one) => one.tokens === tokens);
          return own && milliseconds(own.seconds);
        },
      ),
    ),
    row('measured off planned, at most', none, ({ measured }) => measured && percent(measured.offPlan, 2)),
    row(
      'compared with the golden model / different',
      none,
      ({ measured }) => measured && `${bytes(measured.bytes)} / ${count(measured.mismatches)}`,
    ),
  ];
  return table(columns, rows, style);
}

function areaTable(
  { size, presets }: ComparedModel,
  { publishedArea, limits }: Comparison,
  style: ReportStyle,
): string {
  const kinds = { dsp: 'DSP', lut: 'LUT', ff: 'FF', bram36: 'BRAM36' } as const;
  const columns = [
    { head: `Mamba2-${size}, area` },
    ...presets.map((compared) => ({ head: `${nameOf(compared)}, planned`, ...right })),
    { head: 'published', ...right },
    { head: 'device', ...right },
  ];
  const figure = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
  const rows = (['dsp', 'lut', 'ff', 'bram36'] as const).map((kind) => [
    kinds[kind],
    ...presets.map(({ plan }) => figure(plan.resources.used[kind])),
    figure(publishedArea[kind]),
    figure(limits.area[kind]),
  ]);
  return table(columns, rows, style);
}
