/**
 * Operands in SystemVerilog. Every value stands in a wire of exactly the width of its range; an operand is brought to the width of the
 * result with a size cast, which extends by the operand's own sign, so that all arithmetic is modulo the result's width and no tool
 * has to guess.
 */
import type { Node } from '../../kernel/ir.js';
import { type ElementType, elementFor } from '../../kernel/type.js';

export interface Term {
  readonly text: string;
  readonly bits: number;
  readonly signed: boolean;
  /** A plain name, of which bits can be selected. */
  readonly plain: boolean;
  readonly constant?: bigint;
}

/** The type of the wire that holds a node's result. */
export function elementOf(node: Node): ElementType {
  return elementFor(node.range, node.fracBits);
}

/** A wire or register by its name. */
export function named(text: string, { bits, signed }: Pick<ElementType, 'bits' | 'signed'>): Term {
  return { text, bits, signed, plain: true };
}

/** A constant of just the width it needs. */
export function constant(value: bigint): Term {
  const { bits, signed } = elementFor({ lo: value, hi: value });
  return { text: literal(value, bits, signed), bits, signed, plain: false, constant: value };
}

/** `16'd5`, `-16'sd5`: the low `bits` bits of `value`. */
export function literal(value: bigint, bits: number, signed: boolean): string {
  const low = BigInt.asUintN(bits, value);
  if (!signed) return `${bits}'d${low}`;
  const own = BigInt.asIntN(bits, value);
  if (own >= 0n) return `${bits}'sd${own}`;
  return own === -(1n << BigInt(bits - 1)) ? `${bits}'sh${low.toString(16)}` : `-${bits}'sd${-own}`;
}

/** The operand as `bits` bits: extended by its sign, or cut. */
export function resize(term: Term, bits: number): string {
  if (term.constant !== undefined) return literal(term.constant, bits, term.signed);
  return term.bits === bits ? term.text : `${bits}'(${term.text})`;
}

/** The operand as a signed expression of `bits` bits, which must be enough for its value. */
export function asSigned(term: Term, bits: number): string {
  if (term.constant !== undefined) return literal(term.constant, bits, true);
  return term.signed ? resize(term, bits) : `$signed(${resize(term, bits)})`;
}

/** Bits of a signed type that holds the operand. */
export function signedBits(term: Term): number {
  return term.signed ? term.bits : term.bits + 1;
}

/** `signed [15:0] ` with the blank after it; nothing for a bit. */
export function rangeText({ bits, signed }: Pick<ElementType, 'bits' | 'signed'>): string {
  return `${signed ? 'signed ' : ''}${bits > 1 || signed ? `[${bits - 1}:0] ` : ''}`;
}

/** The operand as `bits` bits, fit to stand beside any operator: a negative literal begins with one itself. */
export function operand(term: Term, bits: number): string {
  const text = resize(term, bits);
  return term.constant !== undefined && term.signed && term.constant < 0n ? `(${text})` : text;
}
