/** Registers carried round a nest: declared before its stages, updated after them. */
import type { Register as KernelRegister, Nest, Node } from '../../kernel/ir.js';
import { elementFor, laneCount, printType } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import type { Names } from '../network/names.js';
import { writeCopies } from './copies.js';
import { eachLane, LANE } from './lane.js';
import type { NestControl } from './nest-control.js';
import { literal, rangeText, resize } from './term.js';
import type { Values } from './values.js';

export interface Register {
  readonly register: KernelRegister;
  readonly name: string;
  /** In the order of the body: a later one wins. */
  readonly writes: { readonly wants: string; readonly node: Node; readonly stage: number }[];
}

/** Declares the registers that the nest reads and gives their reads a home. */
export function writeRegisters(
  nest: Nest,
  registers: Map<string, Register>,
  values: Values,
  names: Names,
  stageOf: (node: Node) => number,
  lines: Lines,
): void {
  const readsOf = (register: KernelRegister) =>
    nest.body.filter(({ operation: o }) => o.kind === 'regRead' && o.register === register);
  if (nest.registers.some((register) => readsOf(register).length > 0)) {
    lines.add('');
    lines.comment('Carried from iteration to iteration.');
  }
  for (const register of nest.registers) {
    const [first, ...others] = readsOf(register);
    if (!first) continue;
    const { element, shape } = register.type;
    const name = names.claim(register.name);
    const lanes = shape.length > 0;
    const declaration = `logic ${rangeText(element)}`;
    const { bits, signed } = elementFor(first.range);
    if (bits !== element.bits || signed !== element.signed)
      throw new RangeError(`register ${register.name}: read as ${bits} bits, holds ${element.bits}`);
    values.place(first, {
      kind: lanes ? 'lanes' : 'scalar',
      name: lanes ? 'value' : name,
      block: lanes ? name : '',
      stage: stageOf(first),
    });
    if (lanes) {
      lines.open(`for (genvar ${LANE} = 0; ${LANE} < ${laneCount(shape)}; ++${LANE}) begin : ${name}`);
      lines.noted(`${declaration}value;`, printType(register.type));
      values.enter(name);
      writeCopies([first], values, names, lines);
      values.enter('');
      lines.close('end');
    } else {
      lines.add(`${declaration}${name};`);
      writeCopies([first], values, names, lines);
    }
    for (const other of others) values.alias(other, first);
    registers.set(register.name, { register, name, writes: [] });
  }
}

/** `init` when the nest starts, then what the iterations write. */
export function writeUpdates(
  registers: ReadonlyMap<string, Register>,
  values: Values,
  control: NestControl,
  lines: Lines,
): void {
  if (registers.size > 0) {
    lines.add('');
    lines.comment('What the next iteration sees.');
  }
  for (const { register, name, writes } of registers.values()) {
    const { element, shape } = register.type;
    const lanes = laneCount(shape);
    const target = shape.length > 0 ? `${name}[${LANE}].value` : name;
    if (shape.length > 0)
      lines.open(`for (genvar ${LANE} = 0; ${LANE} < ${lanes}; ++${LANE}) begin : ${name}_update`);
    lines.add(
      'always_ff @(posedge clk)',
      `  if (${control.enter}) ${target} <= ${literal(register.init, element.bits, element.signed)};`,
      ...[...writes].reverse().map(({ wants, node, stage }) => {
        const value = values.ref(node, stage, shape.length > 0 ? eachLane(lanes) : 0);
        return `  else if (en & ${wants}) ${target} <= ${resize(value, element.bits)};`;
      }),
    );
    if (shape.length > 0) lines.close('end');
  }
}
