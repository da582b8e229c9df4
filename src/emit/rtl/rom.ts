/** A table as a function: a case statement, which every tool turns into LUTs. */
import type { Rom } from '../../kernel/ir.js';
import { indexBits } from '../../util/powers-of-two.js';
import { PAGE_COLUMNS, wrap } from '../network/lines.js';
import { bus } from './module-ports.js';
import { literal, rangeText } from './term.js';

/** What the template says of a table. */
export interface RomFacts {
  readonly comment: readonly string[];
  readonly name: string;
  readonly type: string;
  readonly indexType: string;
  readonly entries: readonly { readonly at: string; readonly value: string }[];
}

export function romFacts({ values, element, doc }: Rom, name: string): RomFacts {
  const bits = indexBits(values.length);
  const entries = values.map((value, i) => ({
    at: `${bits}'d${i}`,
    value: literal(value, element.bits, element.signed),
  }));
  if (values.length < 2 ** bits) entries.push({ at: 'default', value: "'0" });
  return {
    comment: wrap(doc, PAGE_COLUMNS - 5),
    name,
    type: rangeText(element),
    indexType: bus(bits),
    entries,
  };
}
