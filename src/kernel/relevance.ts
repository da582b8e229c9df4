/** Words read under a condition that nobody looks at where it fails: hardware need not make them 0 there. */
import type { Nest, Node } from './ir.js';
import { operandsOf } from './operands.js';
import { isPure } from './operations.js';

/** What is known where a value is looked at: conditions and whether they hold. */
type Facts = ReadonlyMap<Node, boolean>;

type Users = ReadonlyMap<Node, readonly Node[]>;

/** Reads with a condition whose word every user drops where the condition fails. */
export function unmaskedReads(nest: Nest): ReadonlySet<Node> {
  const users = new Map<Node, Node[]>();
  for (const node of nest.body)
    for (const operand of new Set(operandsOf(node)))
      users.set(operand, [...(users.get(operand) ?? []), node]);
  const found = new Set<Node>();
  for (const node of nest.body) {
    const { operation: o } = node;
    if (o.kind === 'read' && o.when && isSeenOnlyWith(node, o.when, new Map(), users, new Set()))
      found.add(node);
  }
  return found;
}

/** Whether everybody who looks at a value knows that `when` holds. `met`: what is being looked at, with what is known there. */
function isSeenOnlyWith(value: Node, when: Node, facts: Facts, users: Users, met: Set<string>): boolean {
  const key = `${value.id} ${[...facts].map(([{ id }, holds]) => `${id}${holds}`)}`;
  if (met.has(key)) return true;
  met.add(key);
  return (users.get(value) ?? []).every((user) => {
    const o = user.operation;
    const own = new Map(facts);
    if ('when' in o && o.when && o.when !== value) own.set(o.when, true);
    if (o.kind === 'select' && o.c !== value && o.a !== o.b) own.set(o.c, o.a === value);
    if (isKnown(when, true, own)) return true;
    return isPure(user) && isSeenOnlyWith(user, when, own, users, met);
  });
}

/** Whether the facts say that a condition holds, or does not. */
function isKnown(condition: Node, holds: boolean, facts: Facts): boolean {
  if ([...facts].some(([fact, isTrue]) => says(fact, isTrue, condition, holds))) return true;
  const o = condition.operation;
  if (o.kind === 'not') return isKnown(o.a, !holds, facts);
  if (o.kind === 'binary' && o.op === 'and' && holds)
    return isKnown(o.a, true, facts) && isKnown(o.b, true, facts);
  return false;
}

/** Whether one fact says so: that both of two hold says it of each. */
function says(fact: Node, isTrue: boolean, condition: Node, holds: boolean): boolean {
  if (fact === condition) return isTrue === holds;
  const o = fact.operation;
  if (o.kind === 'not') return says(o.a, !isTrue, condition, holds);
  if (o.kind === 'binary' && o.op === 'and' && isTrue)
    return says(o.a, true, condition, holds) || says(o.b, true, condition, holds);
  return false;
}
