/** The top of the page: what was planned for what, whether it fits, and each figure beside what was measured, synthesized or published of it. */
import { addResources, noResources } from '../../plan/area/resources.js';
import { paperTotal } from '../paper-area.js';
import { count, milliseconds, percent, rate } from '../table.js';
import { bindings, boundClause } from './bounds.js';
import { ofThisPlan, otherQuantization, type PageData, shortDigest } from './page-data.js';
import { type Bar, type Card, type Part, tablePart } from './parts.js';

export interface Headline {
  readonly heading: string;
  readonly lead: string;
  /** What binds, in words. */
  readonly bound: string;
  readonly verdict: { readonly good: boolean; readonly text: string };
  readonly parts: readonly Part[];
}

const kinds = ['dsp', 'lut', 'ff', 'bram36'] as const;
type Kind = (typeof kinds)[number];
const kindNames = { dsp: 'DSP48E1', lut: 'LUT', ff: 'FF', bram36: 'BRAM36' } as const;

/** Everything above the first section. */
export function headline(data: PageData): Headline {
  const { model, device, preset, shape, resources, digest } = data.plan;
  const { fits, withinBudget } = resources;
  const { decode, prefill } = bindings(data.calls);
  const place = `${device.name} (${device.part}, ${device.clockMHz} MHz)`;
  const arrays = `in_proj ${size(shape.inProj)}, out_proj ${size(shape.outProj)} products a cycle, state space ${size(shape.ssm)}, chunks of ${shape.chunkTokens} tokens`;
  return {
    heading: `${model.name} on ${device.name}`,
    lead: `${model.layers} layers of ${model.dims.dModel} on ${place}, preset ${preset}: ${arrays}. Plan ${shortDigest(digest)}.`,
    bound: `Decode: ${boundClause(decode.bound)}. Long prompts: ${boundClause(prefill.bound)}.`,
    verdict: {
      good: fits && withinBudget,
      text: fits
        ? withinBudget
          ? 'Fits the device, by the plan.'
          : 'Fits the device by the plan, but not within the planner’s margins.'
        : 'Does not fit the device, by the plan.',
    },
    parts: [{ kind: 'cards', cards: cards(data) }, tablePart(comparison(data))],
  };
}

const size = ({ rows, cols }: { readonly rows: number; readonly cols: number }) => `${rows} × ${cols}`;

function cards(data: PageData): Card[] {
  const { plan, results, calls } = data;
  const { decode, prefill, resources } = plan;
  const longest = prefill.at(-1);
  const binding = bindings(calls);
  const { shell } = resources;
  const [total, margin] = [resources.used, resources.budget].map((kernel) =>
    addResources(kernel, shell ?? noResources),
  );
  const share = (kind: Kind) => total[kind] / resources.device[kind];
  const largest = kinds.reduce((most, kind) => (share(kind) > share(most) ? kind : most));
  const planned = { figures: 'planned' } as const;
  const isOfThis = results.eval && otherQuantization(data, results.eval.quantized) === '';
  const perplexity = isOfThis ? results.eval?.result.golden.perplexity : undefined;
  return [
    {
      ...{ label: 'Decode', value: rate(decode.tokensPerSecond), unit: 'tokens/s', ...planned },
      ...{ note: 'Busy in a layer:', bars: binding.decode.bars },
    },
    ...(longest
      ? [
          {
            label: `Prefill of ${count(longest.tokens)} tokens`,
            ...{ value: rate(longest.tokensPerSecond), unit: 'tokens/s', ...planned },
            ...{ note: 'Busy in every further chunk:', bars: binding.prefill.bars },
          },
        ]
      : []),
    {
      label: `Largest share of the device, ${kindNames[largest]}`,
      ...{ value: percent(share(largest)), unit: '', ...planned },
      note: `Of the device${shell ? ', with the shell' : ''}, and the planner’s margin:`,
      bars: kinds.map((kind) => areaBar(kind, share(kind), margin[kind] / resources.device[kind])),
    },
    ...(perplexity === undefined
      ? []
      : [
          {
            ...{ label: 'Perplexity, golden model', value: perplexity.toFixed(3), unit: '' },
            ...{ figures: 'measured' as const, note: '', bars: [] },
          },
        ]),
  ];
}

function areaBar(kind: Kind, share: number, limit: number): Bar {
  const tone = share > limit ? 'binds' : 'plain';
  return { name: kindNames[kind], share, text: percent(share), tone, limit };
}

/** One row a figure; what there is none of stays empty. */
function comparison(data: PageData) {
  const { plan } = data;
  const { decode, prefill, resources } = plan;
  const cosim = ofThisPlan(data, 'cosim');
  const synth = ofThisPlan(data, 'synth');
  const total = synth?.kernel === null ? synth.result.total : undefined;
  const isPaper = plan.preset === 'paper';
  const none = '–';
  const row = (name: string, planned: string, measured = none, synthesized = none, published = none) =>
    [name, planned, measured, synthesized, ...(isPaper ? [published] : [])] as const;
  const right = { align: 'right' } as const;
  return {
    title: 'What is known',
    columns: [
      { head: 'by the plan', figures: 'planned', ...right },
      { head: 'in RTL cycles', figures: 'measured', ...right },
      { head: synth ? `by ${synth.result.tool}` : 'by a tool', figures: 'synthesized', ...right },
      ...(isPaper ? [{ head: 'in the paper', figures: 'published', ...right } as const] : []),
    ] as const,
    rows: [
      row('decode, tokens/s', rate(decode.tokensPerSecond)),
      ...prefill.map((p) => row(`prefill of ${count(p.tokens)}, tokens/s`, rate(p.tokensPerSecond))),
      ...prefill.map((p) =>
        row(`first token after ${count(p.tokens)}`, milliseconds(p.tokens / p.tokensPerSecond)),
      ),
      ...(cosim
        ? [
            row(
              `co-simulated calls (${cosim.result.kernel}), cycles`,
              count(cosim.result.plannedCycles),
              count(cosim.result.cycles),
            ),
          ]
        : []),
      ...kinds.map((kind) =>
        row(
          kindNames[kind],
          resources.used[kind].toLocaleString('en-US'),
          none,
          total?.[kind].toLocaleString('en-US'),
          paperTotal[kind]?.toLocaleString('en-US'),
        ),
      ),
    ],
    foot: isPaper ? 'Published: Table IV of the paper.' : '',
  };
}
