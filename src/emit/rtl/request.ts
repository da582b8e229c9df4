/**
 * Requests for bursts. The data of a burst nest come in order; where each burst begins is worked out by a walker of its own, which goes through
 * the outer loops ahead of the data, so that the memory's latency is paid once.
 */
import type { Nest, Node } from '../../kernel/ir.js';
import { elementFor } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import type { ProcessContext } from './context.js';
import type { NestSignals } from './control.js';
import { SettledValues } from './settled.js';
import { resize } from './term.js';

/** Bits of addresses and lengths of bursts, in words. */
const ADDRESS_BITS = 32;

/** Writes the walker of a burst nest and leaves its request in the context. `words` in a request is the innermost bound. */
export function writeRequests(
  nest: Nest,
  signals: NestSignals,
  prologue: SettledValues,
  context: ProcessContext,
  lines: Lines,
): void {
  if (!nest.burst) return;
  const { port, address } = nest.burst;
  const { names, target } = context;
  const own = (end: string) => names.claim(`${port.name}_${end}`);
  const outer = nest.loops.slice(0, -1);
  lines.add('');
  lines.comment(`Bursts of ${port.name}, asked for ahead of the data.`);
  const asking = own('asking');
  const step = own('step');
  const indices = outer.map((loop) => own(loop.index));
  const ends = outer.map((loop, i) => {
    const { bits } = elementFor({ lo: 0n, hi: BigInt(Math.max(0, loop.maxBound - 1)) });
    const end = own(`${loop.index}_last`);
    lines.add(
      `logic [${bits - 1}:0] ${indices[i]};`,
      `wire ${end} = ${indices[i]} == ${resize(signals.lasts[i], bits)};`,
    );
    return { index: indices[i], end, bits };
  });
  const inBody = new Set<Node>(nest.body);
  const walked = new SettledValues(names, target, lines, (node, lowBits) => {
    const o = node.operation;
    if (o.kind === 'index') {
      const { index, bits } = ends[o.loop];
      return { term: { text: index, bits, signed: false, plain: true }, cycles: 0 };
    }
    // The prologue has settled long before.
    return inBody.has(node) || o.kind === 'const' ? null : { ...prologue.of(node, lowBits), cycles: 0 };
  });
  const start = walked.of(address, ADDRESS_BITS);
  const words = prologue.of(nest.loops.at(-1)!.bound, ADDRESS_BITS);
  lines.add(...walked.unused());
  const valid = own('asks');
  const settling = start.cycles > 0 ? own('settling') : '';
  lines.add(`logic ${asking};`);
  if (settling)
    lines.add(
      `logic [${start.cycles - 1}:0] ${settling};  // the address follows its indices by ${start.cycles} cycle${start.cycles === 1 ? '' : 's'}`,
    );
  lines.add(
    `wire ${valid} = ${asking}${settling ? ` & ~${settling}[0]` : ''};`,
    `wire ${step} = ${valid} & ${port.name}_request_ready;`,
  );
  const last = ends.length > 0 ? `${step} & ${ends.map(({ end }) => end).join(' & ')}` : step;
  lines.add(
    'always_ff @(posedge clk)',
    `  if (rst) ${asking} <= 1'b0;`,
    `  else if (${signals.enter}) ${asking} <= 1'b1;`,
    `  else if (${last}) ${asking} <= 1'b0;`,
  );
  ends.forEach(({ index, end, bits }, i) => {
    const inner = ends.slice(i + 1).map((e) => e.end);
    lines.add(
      'always_ff @(posedge clk)',
      `  if (${signals.enter}) ${index} <= '0;`,
      `  else if (${[step, ...inner].join(' & ')}) ${index} <= ${end} ? '0 : ${index} + ${bits}'d1;`,
    );
  });
  if (settling)
    lines.add(
      'always_ff @(posedge clk)',
      `  if (${signals.enter} | ${step}) ${settling} <= '1;`,
      `  else ${settling} <= ${settling} >> 1;`,
    );
  context.requests.push({
    port,
    valid,
    word: resize(start.term, ADDRESS_BITS),
    words: resize(words.term, ADDRESS_BITS),
  });
}
