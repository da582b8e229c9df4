/**
 * The ports of the block design that steer the kernel's AXI masters to the memory controllers: a master that reads and one that writes share
 * one, since they use different channels of AXI; nothing is arbitrated between them.
 */
import { UserError } from '../../errors.js';
import type { Master } from '../network/masters.js';

/** Interfaces that an AXI interconnect takes (PG059). */
const MOST_INTERFACES = 16;

export interface SteeredPort {
  readonly name: string;
  readonly bits: number;
  readonly read: Master | null;
  readonly write: Master | null;
}

/**
 * The kernel's masters, joined in pairs where words are equally wide: with the one of the same region if there is one, so that what is read and
 * written of a state shares a port. With the host's port there must be no more than an interconnect takes: throws UserError.
 */
export function steeredPorts(masters: readonly Master[]): SteeredPort[] {
  const reads = masters.filter(({ direction }) => direction === 'read');
  const writes = masters.filter(({ direction }) => direction === 'write');
  const free = new Set(reads);
  const partners = new Map<Master, Master>();
  const alone: Master[] = [];
  const take = (write: Master, fits: (read: Master) => boolean) => {
    const read = [...free].find((one) => one.bits === write.bits && fits(one));
    if (!read) return false;
    free.delete(read);
    partners.set(read, write);
    return true;
  };
  const others = writes.filter((write) => !take(write, (read) => stem(read.name) === stem(write.name)));
  // From the end: what is read least is declared last.
  for (const write of others)
    if (!take(write, ({ name }) => name === 'descriptors') && !take(write, () => true)) alone.push(write);
  const ports = [
    ...reads.map((read): SteeredPort => {
      const write = partners.get(read) ?? null;
      return { name: portName(read, write), bits: read.bits, read, write };
    }),
    ...alone.map((write): SteeredPort => ({ name: write.name, bits: write.bits, read: null, write })),
  ];
  const count = ports.length + 1;
  if (count > MOST_INTERFACES)
    throw new UserError(
      `board: found ${masters.length} AXI masters, ${count} ports with the host's where readers and writers share one; an interconnect takes ${MOST_INTERFACES}: plan with fewer weight ports`,
    );
  return ports;
}

const stem = (name: string) => name.replace(/_(in|out)$/, '');

function portName(read: Master, write: Master | null): string {
  if (write === null) return read.name;
  return stem(read.name) === stem(write.name) ? stem(read.name) : `${read.name}_${write.name}`;
}
