/** Registers carried round a nest: declared before its stages, updated after them. */
import type { Register as KernelRegister, Nest, Node } from '../../kernel/ir.js';
import { elementFor, laneCount, printType, totalBits } from '../../kernel/type.js';
import { isBank } from '../../schedule/wide.js';
import type { Lines } from '../network/lines.js';
import type { ProcessContext } from './context.js';
import { writeCopies } from './copies.js';
import { divide, eachLane, LANE, lanesIn, laneText } from './lane.js';
import type { NestControl } from './nest-control.js';
import type { Scope } from './scope.js';
import { literal, rangeText, resize } from './term.js';
import type { Values } from './values.js';

export interface Register {
  readonly register: KernelRegister;
  readonly name: string;
  /** In the order of the body: a later one wins. `wants` is high for one cycle. */
  readonly writes: { readonly wants: string; readonly node: Node; readonly stage: number }[];
}

/** Declares the registers that the nest reads and gives their reads a home. */
export function writeRegisters(scope: Scope, nest: Nest, registers: Map<string, Register>): void {
  const { values, lines } = scope;
  const { names } = scope.context;
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
      stage: scope.stage(first),
    });
    if (lanes) {
      lines.open(`for (genvar ${LANE} = 0; ${LANE} < ${laneCount(shape)}; ++${LANE}) begin : ${name}`);
      lines.noted(`${declaration}value;`, printType(register.type));
      values.enter(name);
      writeCopies(scope, [first]);
      values.enter('');
      lines.close('end');
    } else {
      lines.add(`${declaration}${name};`);
      writeCopies(scope, [first]);
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
  { names, target: limits }: ProcessContext,
  lines: Lines,
): void {
  if (registers.size > 0) {
    lines.add('');
    lines.comment('What the next iteration sees.');
  }
  const enableRow = (wants: string, name: string, copies: number) => {
    const row = names.claim(`${name}_enables`);
    lines.add(
      `wire [${copies - 1}:0] ${row};`,
      `register_copies #(.COPIES(${copies})) ${row}_registers (.clk, .en(1'b1), .in(${wants}), .out(${row}));`,
    );
    return row;
  };
  for (const { register, name, writes } of registers.values()) {
    const { element, shape } = register.type;
    const lanes = laneCount(shape);
    const target = shape.length > 0 ? `${name}[${LANE}].value` : name;
    const share = Math.ceil(lanes / Math.ceil(totalBits(register.type) / limits.mostLoads));
    const own = shape.length > 0 ? laneText(divide(eachLane(lanes), share)) : '0';
    const enabled = (wants: string) =>
      isBank(register, limits) ? `${enableRow(wants, name, Math.ceil(lanes / share))}[${own}]` : wants;
    const start =
      register.init === null
        ? []
        : [[enabled(control.enter), literal(register.init, element.bits, element.signed)]];
    const next = [...writes]
      .reverse()
      .map(({ wants, node, stage }) => [
        enabled(wants),
        resize(values.ref(node, stage, lanesIn(node)), element.bits),
      ]);
    if (shape.length > 0)
      lines.open(`for (genvar ${LANE} = 0; ${LANE} < ${lanes}; ++${LANE}) begin : ${name}_update`);
    lines.add(
      'always_ff @(posedge clk)',
      ...[...start, ...next].map(
        ([when, value], i) => `  ${i > 0 ? 'else ' : ''}if (${when}) ${target} <= ${value};`,
      ),
    );
    if (shape.length > 0) lines.close('end');
  }
}
