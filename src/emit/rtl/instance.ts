/** Operators that are instances of library modules: multipliers, adder trees, leading zeros. Text of one instance. */
import type { Node } from '../../kernel/ir.js';
import { dspBlocks, operatorTiming } from '../../schedule/operator-timing.js';
import type { TimingTarget } from '../../schedule/target.js';
import { asSigned, elementOf, rangeText, resize, signedBits, type Term } from './term.js';

/** `name` = a * b + bias. In a DSP48E1 where the schedule says so, else in LUTs. */
export function multiplier(
  node: Node,
  [a, b]: readonly [Term, Term],
  result: { readonly name: string; readonly bits: number; readonly bias: bigint },
  target: TimingTarget,
  /** The connection of its enable. */
  enable: '.en' | ".en(1'b1)",
): string[] {
  const o = node.operation;
  if (o.kind !== 'binary') throw new RangeError('not a product');
  const { name, bits, bias } = result;
  if (dspBlocks(o.a, o.b) === 0) {
    const [first, second] = [
      input(`${name}_a`, a, a.bits, a.signed),
      input(`${name}_b`, b, b.bits, b.signed),
    ];
    return [
      ...first.lines,
      ...second.lines,
      `lut_multiplier #(.A_WIDTH(${a.bits}), .A_SIGNED(${flag(a.signed)}), .B_WIDTH(${b.bits}), .B_SIGNED(${flag(b.signed)}), .P_WIDTH(${bits}))`,
      `  ${name}_product (.a(${first.text}), .b(${second.text}), .p(${name}));`,
    ];
  }
  // The wider operand goes to the 25-bit port.
  const [wide, narrow] = signedBits(a) >= signedBits(b) ? [a, b] : [b, a];
  const { stages } = operatorTiming(node, target);
  const sizes = `.A_WIDTH(${signedBits(wide)}), .B_WIDTH(${signedBits(narrow)}), .P_WIDTH(${bits}), .STAGES(${stages})`;
  const [first, second] = [
    input(`${name}_a`, wide, signedBits(wide), true),
    input(`${name}_b`, narrow, signedBits(narrow), true),
  ];
  return [
    ...first.lines,
    ...second.lines,
    `dsp_multiplier #(${sizes}${bias === 0n ? '' : `, .BIAS(${bias})`})`,
    `  ${name}_product (.clk, ${enable}, .a(${first.text}), .b(${second.text}), .p(${name}));`,
  ];
}

/** `name` = (a + d) * b + bias in one DSP48E1, whose own adder makes the sum, of `sumBits` signed bits. */
export function addMultiplier(
  [a, d]: readonly [Term, Term],
  b: Term,
  sumBits: number,
  { name, bits, bias }: { readonly name: string; readonly bits: number; readonly bias: bigint },
): string[] {
  const inputs = { a, d, b };
  const wired = Object.entries(inputs).map(([port, term]) =>
    input(`${name}_${port}`, term, signedBits(term), true),
  );
  const widths = Object.entries(inputs).map(
    ([port, term]) => `.${port.toUpperCase()}_WIDTH(${signedBits(term)})`,
  );
  const sizes = `${widths.join(', ')}, .SUM_WIDTH(${sumBits}), .P_WIDTH(${bits})`;
  const ports = Object.keys(inputs).map((port, i) => `.${port}(${wired[i].text})`);
  return [
    ...wired.flatMap(({ lines }) => lines),
    `dsp_add_multiplier #(${sizes}${bias === 0n ? '' : `, .BIAS(${bias})`})`,
    `  ${name}_product (.clk, .en, ${ports.join(', ')}, .p(${name}));`,
  ];
}

/** What a module's input is connected to: a name of just its width and sign, which gets a wire where there is none. */
function input(name: string, term: Term, bits: number, signed: boolean): { text: string; lines: string[] } {
  if (term.plain && term.bits === bits && term.signed === signed) return { text: term.text, lines: [] };
  const text = signed ? asSigned(term, bits) : resize(term, bits);
  return { text: name, lines: [`wire ${rangeText({ bits, signed })}${name} = ${text};`] };
}

const flag = (value: boolean) => (value ? 1 : 0);

/** `name` = one word reduced over its lanes, which lie side by side in `packed`. */
export function reduceTree(node: Node, name: string, packed: string, target: TimingTarget): string[] {
  const o = node.operation;
  if (o.kind !== 'reduce') throw new RangeError('not a reduction');
  const lane = elementOf(o.a);
  const { stages, levelsPerStage } = operatorTiming(node, target);
  const lanes = o.a.shape[o.a.shape.length - 1];
  const levels = stages > 0 ? levelsPerStage : 1;
  const sizes = `.LANES(${lanes}), .WIDTH(${lane.bits}), .SIGNED(${flag(lane.signed)}), .OUT_WIDTH(${elementOf(node).bits})`;
  return [
    `reduce_tree #(.OP("${o.op}"), ${sizes}, .STAGES(${stages}), .LEVELS_PER_STAGE(${levels}))`,
    `  ${name}_tree (.clk, .en, .in(${packed}), .out(${name}));`,
  ];
}

/** `name` = leading zeros of a value seen `width` bits wide. */
export function leadingZeros(node: Node, name: string, a: Term): string[] {
  const o = node.operation;
  if (o.kind !== 'leadingZeros') throw new RangeError('not a count of leading zeros');
  const word = input(`${name}_in`, a, o.width, false);
  return [
    ...word.lines,
    `leading_zeros #(.WIDTH(${o.width}), .OUT_WIDTH(${elementOf(node).bits}))`,
    `  ${name}_count (.in(${word.text}), .out(${name}));`,
  ];
}
