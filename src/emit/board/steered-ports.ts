/**
 * The ports of the block design that steer the kernel's AXI masters to the memory controllers: a master that reads and one that writes share
 * one, since they use different channels of AXI; nothing is arbitrated between them.
 */
import { UserError } from '../../errors.js';
import type { Master } from '../network/masters.js';

/** Inputs of an interconnect: PG059 (Virtex-7, -2) gives a crossbar of 512 bits with three 310 MHz, and even one of AXI4-Lite 350 with four, 240 with eight, 205 with twelve. */
export const MOST_INPUTS = 4;
/** Ports enter a controller in two steps of interconnects. */
const MOST_PORTS = MOST_INPUTS ** 2;

export interface SteeredPort {
  readonly name: string;
  readonly bits: number;
  readonly read: Master | null;
  readonly write: Master | null;
}

/**
 * The kernel's masters, joined in pairs where words are equally wide: with the one of the same region if there is one, so that what is read and
 * written of a state shares a port. With the host's port there must be no more than two steps of interconnects take: throws UserError.
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
  if (count > MOST_PORTS)
    throw new UserError(
      `board: found ${masters.length} AXI masters, ${count} ports with the host's where readers and writers share one; two steps of interconnects take ${MOST_PORTS}: plan with fewer weight ports`,
    );
  return ports;
}

const stem = (name: string) => name.replace(/_(in|out)$/, '');

function portName(read: Master, write: Master | null): string {
  if (write === null) return read.name;
  return stem(read.name) === stem(write.name) ? stem(read.name) : `${read.name}_${write.name}`;
}
