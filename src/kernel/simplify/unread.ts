/** Drops what nobody reads: values, and registers, memories and tables together with what is written to them. */
import type { Nest, Node, Process, Ram, Register, Rom } from '../ir.js';
import { operandsOf } from '../operands.js';
import { traitsOf } from '../operations.js';

/** The process without them; the process itself where there are none, or where `permit` of so many says no. */
export function withoutUnread(process: Process, permit: (nodes: number) => boolean): Process {
  const live = liveNodes(process);
  const isLive = (node: Node) => live.has(node);
  const used = new Set([...live].flatMap(storageOf));
  const isUsed = (storage: Register | Ram | Rom) => used.has(storage);
  const nodes = [...process.prologue, ...process.nests.flatMap(({ body }) => body)].length;
  const storage = [...process.rams, ...process.roms, ...process.nests.flatMap(({ registers }) => registers)];
  const unread = nodes - live.size + storage.filter((one) => !isUsed(one)).length;
  if (unread === 0 || !permit(unread)) return process;
  return {
    ...process,
    prologue: process.prologue.filter(isLive),
    nests: process.nests.map((nest) => {
      const body = nest.body.filter(isLive);
      return { ...nest, body, registers: nest.registers.filter(isUsed), distances: distancesOf(nest, body) };
    }),
    rams: process.rams.filter(isUsed),
    roms: process.roms.filter(isUsed),
  };
}

/** What a node reads or writes inside the process. */
function storageOf({ operation: o }: Node): (Register | Ram | Rom)[] {
  if (o.kind === 'regRead' || o.kind === 'regWrite') return [o.register];
  if (o.kind === 'ramRead' || o.kind === 'ramWrite') return [o.ram];
  return o.kind === 'lookup' ? [o.rom] : [];
}

/** A distance is declared for what is both read and written. */
export function distancesOf(nest: Pick<Nest, 'distances'>, body: readonly Node[]): Nest['distances'] {
  const has = (kind: 'ramRead' | 'ramWrite', ram: Ram) =>
    body.some(({ operation: o }) => o.kind === kind && o.ram === ram);
  return new Map([...nest.distances].filter(([ram]) => has('ramRead', ram) && has('ramWrite', ram)));
}

/** What reaches the outside or steers, and all that it is made of. */
function liveNodes({ nests }: Process): Set<Node> {
  const body = nests.flatMap((nest) => nest.body);
  const writes = new Map<Register | Ram, Node[]>();
  for (const node of body)
    if (node.operation.kind === 'regWrite' || node.operation.kind === 'ramWrite')
      for (const target of storageOf(node) as (Register | Ram)[])
        writes.set(target, [...(writes.get(target) ?? []), node]);
  const live = new Set<Node>(body.filter(isSeen));
  for (const { loops, burst } of nests) {
    for (const { bound } of loops) live.add(bound);
    if (burst) live.add(burst.address);
  }
  // The set grows while it is walked.
  for (const node of live) {
    for (const operand of operandsOf(node)) live.add(operand);
    const { operation: o } = node;
    const written =
      o.kind === 'regRead' ? writes.get(o.register) : o.kind === 'ramRead' ? writes.get(o.ram) : [];
    for (const write of written ?? []) live.add(write);
  }
  return live;
}

/** Seen from outside the process: words that come and go. */
function isSeen(node: Node): boolean {
  const { touches } = traitsOf(node);
  return touches === 'channel' || touches === 'port';
}
