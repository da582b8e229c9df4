/**
 * Vector work that is needed only now and then is done only then. A register's new content that others use too is computed right into the
 * register; what only conditional stores need moves under their condition. In hardware nothing changes (an enable is an enable); the
 * text gets shorter, and simulation does not move kilobytes in every iteration to keep them in one.
 */
import type { Node, Register } from '../../kernel/ir.js';
import type { Holding } from './hold.js';
import { axes, type Item, recorded } from './items.js';

/** The items with guards. */
export function guarded(items: readonly Item[], holding: Holding): Item[] {
  return conditions(settled(items, holding), holding);
}

/** Register writes without condition whose value has a variable: the register itself becomes that variable, where nobody looks at the old content later. */
function settled(items: readonly Item[], holding: Holding): Item[] {
  const result = [...items];
  const writes = items.filter((item) => item.node.operation.kind === 'regWrite');
  for (const write of writes) {
    const o = write.node.operation;
    if (o.kind !== 'regWrite' || o.when || o.register.type.shape.length === 0) continue;
    if (writes.filter((other) => writeOf(other) === o.register).length > 1) continue;
    const at = result.findIndex((item) => item.node === o.value && item.role === 'value');
    if (at < 0 || holding.words.has(o.value) || result[at].into) continue;
    const looksLater = (item: Item, i: number) => i > at && item !== write && looksAt(item, o.register);
    if (result.some(looksLater)) continue;
    result[at] = intoRegister(result[at], o.register, holding);
    result.splice(result.indexOf(write), 1);
  }
  return result;
}

const writeOf = ({ node: { operation: o } }: Item) => (o.kind === 'regWrite' ? o.register : null);
const looksAt = (item: Item, register: Register) =>
  item.accesses.some(({ node: { operation: o } }) => o.kind === 'regRead' && o.register === register);

function intoRegister(item: Item, register: Register, holding: Holding): Item {
  const o = item.node.operation;
  const keeps = (node: Node) => node.operation.kind === 'regRead' && node.operation.register === register;
  if (o.kind !== 'select' || o.c.shape.length > 0 || !keeps(o.b)) return { ...item, into: register };
  const accesses = [
    ...recorded({ node: o.c }, holding),
    ...recorded({ node: o.a, index: axes(o.a.shape) }, holding),
  ];
  return { ...item, accesses, into: register, guard: o.c, definition: o.a };
}

/** Conditional stores of vectors, and whatever only they need, under their condition. */
function conditions(items: readonly Item[], holding: Holding): Item[] {
  const result = [...items];
  const users = new Map<Node, number[]>();
  items.forEach((item, i) => {
    for (const { node } of item.accesses) users.set(node, [...(users.get(node) ?? []), i]);
  });
  for (let i = result.length - 1; i >= 0; --i) {
    const item = result[i];
    if (item.loop.length === 0 || item.guard) continue;
    const guard =
      ownCondition(item.node) ??
      commonGuard(
        item,
        (users.get(item.node) ?? []).map((at) => result[at]),
        holding,
      );
    if (!guard) continue;
    const accesses = ownCondition(item.node)
      ? item.accesses
      : [...item.accesses, ...recorded({ node: guard }, holding)];
    result[i] = { ...item, accesses, guard };
  }
  return result;
}

function ownCondition({ operation: o }: Node): Node | null {
  return o.kind === 'regWrite' || o.kind === 'ramWrite' ? o.when : null;
}

function commonGuard(item: Item, users: readonly Item[], holding: Holding): Node | null {
  const movable =
    (item.role === 'value' || item.role === 'place') && !item.into && !holding.words.has(item.node);
  const guard = users[0]?.guard;
  if (!movable || !guard || item.node.operation.kind === 'ramRead') return null;
  return users.every((user) => user.guard === guard) ? guard : null;
}
