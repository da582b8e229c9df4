/** What a chain of products takes, in features, as rtl/lib/dsp_dot.sv and lut_dot.sv make it. DSP blocks are counted with the products. */
import type { Node } from '../../kernel/ir.js';
import { dspBlocks } from '../../schedule/operator-timing.js';
import { bitsOf } from './demand.js';
import type { FeatureCount } from './operators.js';

/** Features of `lanes` sums of the products of `product` along its last axis. */
export function dotFeatures(product: Node, lanes: number): FeatureCount[] {
  const o = product.operation;
  if (o.kind !== 'binary') throw new RangeError('not a product');
  const terms = product.shape[product.shape.length - 1];
  const places = Array.from({ length: terms }, (_, k) => k);
  if (dspBlocks(o.a, o.b) > 0) {
    // A block takes in two registers, one of which waits; those of an operand that blocks share stand outside, once.
    const waits = sum(places.map((k) => Math.max(0, k - 1)));
    return [['ffCopy', lanes * waits * Math.max(bitsOf(o.a), bitsOf(o.b))]];
  }
  const rows = 2 * Math.ceil(bitsOf(o.b) / 4);
  const width = (k: number) => bitsOf(o.a) + 1 + bitLength(k + 1);
  const pairBits = width(terms - 1) + 3;
  const isHeld = (k: number) => k % 2 === 1 || k === terms - 1;
  return [
    ['multiply', lanes * rows * sum(places.map((k) => width(k) + 1))],
    ['treeAdd', lanes * ((rows / 2) * pairBits + (rows / 2 - 1) * (pairBits + 2))],
    ['ffTree', lanes * (rows * sum(places.filter(isHeld).map(width)) + (rows / 2) * pairBits)],
    ['ffCopy', lanes * sum(places.map((k) => Math.floor(k / 2))) * bitsOf(o.a)],
  ];
}

/** Bits of a number. */
const bitLength = (value: number) => value.toString(2).length;

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
