/** The perplexities of an evaluation as a table for people. */
import type { Evaluation } from '../../eval/ablations.js';

/** One row a model; the ablations, which are over other tokens, in a table of their own beside their float figure. */
export function perplexityTable({ tokens, float, golden, ...rest }: Evaluation): string {
  const lines = [
    `Perplexity over ${tokens} held-out tokens`,
    ...rows([
      ['float', float.perplexity],
      ['golden', golden.perplexity],
    ]),
  ];
  if (rest.ablationFloat) {
    const ablations = rest.ablations.map(({ name, perplexity }) => [name, perplexity] as const);
    const table = rows([['float', rest.ablationFloat.perplexity], ...ablations]);
    lines.push('', `One choice changed at a time, over ${rest.ablationTokens} tokens`, ...table);
  }
  return lines.join('\n');
}

/** Name, perplexity, and how much more it is than in the first row. */
function rows(figures: readonly (readonly [string, number])[]): string[] {
  const base = figures[0][1];
  return figures.map(([name, perplexity], i) => {
    const change = (perplexity / base - 1) * 100;
    const percent = i === 0 ? '' : `${change < 0 ? '' : '+'}${change.toFixed(3)} %`;
    return `  ${name.padEnd(32)}${perplexity.toFixed(4).padStart(10)}${percent.padStart(12)}`;
  });
}
