/**
 * How the types of the kernel language are spelled in C++: `ap_int<8>`, and for vectors a plain struct of lanes
 * (`s8x64` has `ap_int<8> lane[64]`), so that a word travels through a stream whole in Vitis HLS and in Bambu alike.
 */
import type { Size } from '../../kernel/size.js';
import type { DataType, ElementType, Shape } from '../../kernel/type.js';

/** `ap_int<37>` or `ap_uint<8>`. */
export function elementName(element: ElementType): string {
  return `${element.signed ? 'ap_int' : 'ap_uint'}<${element.bits}>`;
}

/** Name of the struct of lanes of a vector (`s8x64`, `u16x4x8`), of the integer itself for a scalar. */
export function wordName(type: DataType): string {
  if (type.shape.length === 0) return elementName(type.element);
  return `${type.element.signed ? 's' : 'u'}${type.element.bits}x${type.shape.join('x')}`;
}

/** `[16]`, `[4][8]`, or nothing. */
export function dimensions(shape: Shape): string {
  return shape.map((axis) => `[${axis}]`).join('');
}

/** Format for a comment (`s16.11`), empty where the binary point tells nothing. */
export function formatNote({ bits, signed, fracBits }: ElementType): string {
  return fracBits > 0 && fracBits <= bits ? `${signed ? 's' : 'u'}${bits}.${fracBits}` : '';
}

/** A number as C++ reads it, with the suffix it needs beyond 32 bits. */
export function literal(value: bigint): string {
  if (value >= -(1n << 31n) + 1n && value < 1n << 31n) return value.toString();
  if (value >= 1n << 63n) return `${value}ULL`;
  if (value === -(1n << 63n)) return '(-9223372036854775807LL - 1)';
  return `${value}LL`;
}

/** A size by the names of config.hpp: `config::n_heads * 2`. */
export function sizeText({ factors }: Size): string {
  return factors.map((factor) => (typeof factor === 'string' ? `config::${factor}` : factor)).join(' * ');
}
