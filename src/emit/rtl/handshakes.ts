/** Handshakes of a process with its channels and ports, and what it may have to wait for: together they say when an iteration is issued. */
import type { Channel, Port } from '../../kernel/ir.js';
import { totalBits } from '../../kernel/type.js';
import type { Access, ProcessContext } from './context.js';
import { any, byNest, choice, sideBySide } from './memories.js';

/** What the template says of handshakes: conditions in which the process has to wait, and what it drives. */
export interface HandshakeFacts {
  readonly lacksWord: string;
  readonly lacksRoom: string;
  readonly lacksMemory: string;
  readonly assigns: readonly { readonly signal: string; readonly value: string }[];
  /** Wide words that several nests write: the instance that chooses, what it chooses from, and when each nest's turn begins. */
  readonly choices: readonly {
    readonly instance: string;
    readonly signal: string;
    readonly bits: number;
    readonly slice: number;
    readonly writers: number;
    readonly enter: string;
    readonly words: string;
  }[];
}

export function handshakesOf(
  { accesses, names, target }: ProcessContext,
  late: ReadonlyMap<Channel | Port, number>,
): HandshakeFacts {
  const groups = new Map<Channel | Port, Access[]>();
  for (const access of accesses) groups.set(access.target, [...(groups.get(access.target) ?? []), access]);
  const words: string[] = [];
  const room: string[] = [];
  const memory: string[] = [];
  const assigns: { signal: string; value: string }[] = [];
  const choices: HandshakeFacts['choices'][number][] = [];
  for (const [{ name }, all] of groups) {
    const { kind } = all[0];
    const wanted = any(all.map(({ wants }) => wants));
    const issued = `clear & ${wanted}`;
    const reads = kind === 'read' || kind === 'portRead';
    const list = kind === 'read' ? words : kind === 'write' ? room : memory;
    list.push(`(${wanted} & ~${name}_${reads ? 'valid' : 'ready'})`);
    if (reads) {
      assigns.push({ signal: `${name}_ready`, value: issued });
      continue;
    }
    const isLate = kind === 'write' && late.has(all[0].target);
    if (isLate) assigns.push({ signal: `${name}_reserve`, value: issued });
    const comes = all.map(({ wants, arrives }) => arrives ?? `clear & ${wants}`);
    assigns.push({ signal: `${name}_valid`, value: isLate ? comes.join(' | ') : issued });
    const signal = `${name}_data`;
    const nests = byNest(all);
    const wordOf = (own: readonly Access[]) =>
      choice(own.map(({ wants, arrives, word }) => [arrives ?? wants, word]));
    const bits = totalBits(all[0].target.type);
    if (nests.length > 1 && bits > target.mostLoads)
      choices.push({
        ...{ instance: names.claim(`${name}_choice`), signal, bits, slice: target.sliceBits },
        writers: nests.length,
        enter: sideBySide(nests.map(([{ enter }]) => enter)),
        words: sideBySide(nests.map(wordOf)),
      });
    else assigns.push({ signal, value: wordOf(all) });
  }
  const anyOf = (list: readonly string[]) => list.join('\n    | ') || "1'b0";
  return { lacksWord: anyOf(words), lacksRoom: anyOf(room), lacksMemory: anyOf(memory), assigns, choices };
}
