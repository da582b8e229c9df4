/** Names that no value may have in an emitted function: C++ words, parameters, memories, loop indices. */
import type { Node, Process } from '../../kernel/ir.js';

/** C++ words, and names that the emitter and its headers have taken. */
const RESERVED = [
  'and auto bool break case char class const continue default delete do double else enum extern false float for goto if inline int',
  'long namespace new not operator or private public register return short signed sizeof static struct switch template this true',
  'typedef union unsigned using void volatile while xor lane row col port bits smaller larger round_shift leading_zeros clear fill',
  'saturate_signed saturate_unsigned hls std main iteration',
].flatMap((line) => line.split(' '));

/** Indices of the lane loops that the emitter writes itself. */
const LANE_INDICES = new Set(['lane', 'row', 'col']);

/** A loop's index in C++: a name of the emitter's own lane loops, which may stand inside, makes room. */
export function loopIndex(index: string): string {
  return LANE_INDICES.has(index) ? `${index}_step` : index;
}

/** Names that are taken in a process's function: C++ words, its own, parameters, memories, registers, loop indices. */
export function fixedNames(process: Process): Set<string> {
  const names = new Set<string>([...RESERVED, process.name]);
  for (const { name } of [...process.rams, ...process.roms]) names.add(name);
  for (const name of [...process.prologue, ...process.nests.flatMap((nest) => nest.body)].flatMap(
    resourceNames,
  ))
    names.add(name);
  for (const nest of process.nests) {
    for (const loop of nest.loops) names.add(loopIndex(loop.index));
    for (const register of nest.registers) names.add(register.name);
  }
  return names;
}

function resourceNames(node: Node): string[] {
  const o = node.operation;
  if (o.kind === 'arg') return [o.scalar.name];
  if (o.kind === 'read' || o.kind === 'write') return [o.channel.name];
  if (o.kind === 'portRead' || o.kind === 'portWrite') return [o.port.name];
  return [];
}
