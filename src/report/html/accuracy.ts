/** Perplexity of float, golden and ablations, where `eval` ran. */
import type { QuantOptions } from '../../quant/types.js';
import { perplexityRows } from '../eval-report.js';
import { count } from '../table.js';
import type { PageData } from './page-data.js';
import { type Part, type Section, tablePart } from './parts.js';

/** The section, with a command where nothing was measured. */
export function accuracySection({ results, quantized, commands }: PageData): Section {
  return { id: 'accuracy', title: 'Accuracy', parts: parts() };

  function parts(): Part[] {
    const made = results.eval;
    if (!made)
      return [
        { kind: 'command', text: 'Perplexity was not measured. This measures it:', command: commands.eval },
      ];
    const { tokens, float, golden, ablations, ablationFloat, ablationTokens } = made.result;
    const columns = [
      { head: 'perplexity', align: 'right' },
      { head: 'against float', align: 'right' },
    ] as const;
    const other = difference(made.quantized, quantized);
    const main = tablePart({
      ...{ title: `Perplexity, ${count(tokens)} held-out tokens`, figures: 'measured', columns },
      rows: perplexityRows(float.perplexity, [['golden (integers)', golden.perplexity]]),
    });
    const more = ablations.map(({ name, perplexity }) => [name, perplexity] as const);
    return [
      ...(other
        ? [
            {
              kind: 'remark',
              tone: 'bad',
              text: `Measured on another quantization than the one shown: ${other}.`,
            } as const,
          ]
        : []),
      { kind: 'command', text: 'Made by:', command: made.command },
      main,
      ablations.length > 0
        ? tablePart({
            ...{
              title: `One choice changed at a time, ${count(ablationTokens ?? tokens)} tokens`,
              figures: 'measured',
              columns,
            },
            rows: perplexityRows(ablationFloat?.perplexity ?? float.perplexity, more),
          })
        : {
            kind: 'command',
            text: 'The ablations were not measured. This measures them:',
            command: commands.eval,
          },
    ];
  }
}

/** What differs, in words; empty where nothing does. */
function difference(measured: QuantOptions, shown: QuantOptions): string {
  return (Object.keys(shown) as (keyof QuantOptions)[])
    .filter((key) => measured[key] !== shown[key])
    .map((key) => `${key} ${measured[key]}, not ${shown[key]}`)
    .join('; ');
}
