/** A rule looks at one node whose operands are simplified already and gives a node that does the same with less, or null. */
import type { Node, Operation } from '../ir.js';
import type { Kind } from '../operations.js';
import type { Region } from './region.js';

export type Of<K extends Kind> = Extract<Operation, { readonly kind: K }>;

export type Rule<K extends Kind> = (node: Node, o: Of<K>, region: Region) => Node | null;

/** Rules of some kinds of operation, by their names. */
export type Rules = { readonly [K in Kind]?: Readonly<Record<string, Rule<K>>> };
