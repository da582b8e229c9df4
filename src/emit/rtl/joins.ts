/**
 * What the nests of a process share: its memories, each with one read and one write port; its channels and external ports; and the enable,
 * which says that no stage in use has to wait. Only one nest runs at a time, so that joining is choosing.
 */
import type { Channel, Port } from '../../kernel/ir.js';
import { printType, totalBits } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import { addressBits } from './accesses.js';
import type { Access, ProcessContext } from './context.js';

/** Instances of the private memories. */
export function writeMemories(context: ProcessContext, lines: Lines): void {
  const { process, target } = context;
  for (const ram of process.rams) {
    const reads = context.ramReads.filter((read) => read.ram === ram);
    const writes = context.ramWrites.filter((write) => write.ram === ram);
    const bits = addressBits(ram.depth);
    const stages = ram.storage === 'bram' ? target.bramStages : target.lutramStages;
    lines.add('');
    lines.comment(`${ram.name}, ${ram.depth} x ${printType(ram.type)}: ${ram.doc}`);
    const choose = <T>(
      all: readonly T[],
      high: (one: T) => string,
      text: (one: T) => string,
      none: string,
    ) =>
      all.length === 0
        ? none
        : all
            .slice(0, -1)
            .reduceRight((rest, one) => `${high(one)} ? ${text(one)} : ${rest}`, text(all.at(-1)!));
    const zero = `${bits}'d0`;
    lines.add(
      `ram #(.WIDTH(${totalBits(ram.type)}), .DEPTH(${ram.depth}), .STORAGE("${ram.storage}"), .READ_STAGES(${stages})) ${context.names.claim(`${ram.name}_memory`)} (`,
      '  .clk, .en,',
      `  .read_address(${choose(
        reads,
        (r) => r.active,
        (r) => r.address,
        zero,
      )}), .read_data(${ram.name}_read_data),`,
      `  .write(en & (${writes.map((w) => w.wants).join(' | ') || "1'b0"})),`,
      `  .write_address(${choose(
        writes,
        (w) => `(${w.wants})`,
        (w) => w.address,
        zero,
      )}),`,
      `  .write_data(${choose(
        writes,
        (w) => `(${w.wants})`,
        (w) => w.word,
        "'0",
      )})`,
      ');',
    );
  }
}

/** Handshakes of channels and ports, and the enable. */
export function writeAccesses(context: ProcessContext, lines: Lines): void {
  const groups = new Map<Channel | Port, Access[]>();
  for (const access of context.accesses)
    groups.set(access.target, [...(groups.get(access.target) ?? []), access]);
  const waits = { starved: [] as string[], blocked: [] as string[], waiting: [] as string[] };
  const handshakes: string[] = [];
  for (const [{ name }, all] of groups) {
    const { kind } = all[0];
    const wanted = all.length === 1 ? all[0].wants : `(${all.map((a) => a.wants).join(' | ')})`;
    const reads = kind === 'read' || kind === 'portRead';
    const signal = reads ? `${name}_valid` : `${name}_ready`;
    const list = kind === 'read' ? waits.starved : kind === 'write' ? waits.blocked : waits.waiting;
    list.push(`(${wanted} & ~${signal})`);
    handshakes.push(`assign ${name}_${reads ? 'ready' : 'valid'} = en & ${wanted};`);
    if (!reads) {
      const word = all
        .slice(0, -1)
        .reduceRight((rest, a) => `${a.wants} ? ${a.word} : ${rest}`, all.at(-1)!.word);
      handshakes.push(`assign ${name}_data = ${word};`);
    }
  }
  const any = (list: readonly string[]) => (list.length > 0 ? list.join(' | ') : "1'b0");
  lines.add('');
  lines.comment(
    'Who waits: for a word, for room, for memory. A word moves in a cycle in which the whole process does.',
  );
  lines.add(
    `wire lacks_word = ${any(waits.starved)};`,
    `wire lacks_room = ${any(waits.blocked)};`,
    `wire lacks_memory = ${any(waits.waiting)};`,
    'assign en = running & ~(lacks_word | lacks_room | lacks_memory);',
    ...handshakes,
    ...context.requests.flatMap(({ port, valid, word, words }) => [
      `assign ${port.name}_request_valid = ${valid};`,
      `assign ${port.name}_request_word = ${word};`,
      `assign ${port.name}_request_words = ${words};`,
    ]),
  );
}
