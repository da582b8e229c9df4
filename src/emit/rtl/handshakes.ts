/** Handshakes of a process with its channels and ports, and what it may have to wait for: together they say when its pipeline moves. */
import type { Channel, Port } from '../../kernel/ir.js';
import type { Access, ProcessContext } from './context.js';
import { any, choice } from './memories.js';

/** What the template says of handshakes: conditions in which the process has to wait, and what it drives. */
export interface HandshakeFacts {
  readonly lacksWord: string;
  readonly lacksRoom: string;
  readonly lacksMemory: string;
  readonly assigns: readonly { readonly signal: string; readonly value: string }[];
}

export function handshakesOf({ accesses }: ProcessContext): HandshakeFacts {
  const groups = new Map<Channel | Port, Access[]>();
  for (const access of accesses) groups.set(access.target, [...(groups.get(access.target) ?? []), access]);
  const words: string[] = [];
  const room: string[] = [];
  const memory: string[] = [];
  const assigns: { signal: string; value: string }[] = [];
  for (const [{ name }, all] of groups) {
    const { kind } = all[0];
    const wanted = any(all.map(({ wants }) => wants));
    const reads = kind === 'read' || kind === 'portRead';
    const list = kind === 'read' ? words : kind === 'write' ? room : memory;
    list.push(`(${wanted} & ~${name}_${reads ? 'valid' : 'ready'})`);
    assigns.push({ signal: `${name}_${reads ? 'ready' : 'valid'}`, value: `en & ${wanted}` });
    if (!reads)
      assigns.push({ signal: `${name}_data`, value: choice(all.map(({ wants, word }) => [wants, word])) });
  }
  const anyOf = (list: readonly string[]) => list.join('\n    | ') || "1'b0";
  return { lacksWord: anyOf(words), lacksRoom: anyOf(room), lacksMemory: anyOf(memory), assigns };
}
