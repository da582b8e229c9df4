/**
 * State update (PMA): h = satW(rsh(h decay + (u B) 2^injectShift, 17)), docs/integer-model.md section 7. A step takes Pl positions times Nl
 * state indices. In a call of several tokens the state stays on chip: it is loaded before the first token comes and stored after the last, so
 * that memory keeps no token waiting. A call of one token takes each word from memory when its turn comes and sends it back at once.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { type Count, countOf, product } from '../../kernel/size.js';
import { sameType } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extentVal } from '../idioms/extent.js';
import { hold, single } from '../idioms/hold.js';
import { pma, pmu } from '../idioms/lanes.js';
import { storageFor } from '../idioms/storage.js';
import { headTable } from '../movement/head-params.js';

/** Fraction bits of the decay: the one shift of the update. */
const DECAY_FRAC_BITS = 17;

export interface StateUpdateParams {
  /** [Pl] s16, order (token, head, row). */
  readonly u: Channel;
  /** u17, order (token, head). */
  readonly decay: Channel;
  /** [Nl] s16, order (token, head, row, col). */
  readonly b: Channel;
  /** [Pl, Nl] sW, order (head, row, col): the state before the first token. */
  readonly oldState: Channel;
  /** The same after the last token. */
  readonly newState: Channel;
  /** [Pl, Nl] sW, order (token, head, row, col). */
  readonly h: Channel;
  /** [1] u16, one word per head: injectShift (UPDATE_FIELDS of head-params.ts). */
  readonly parameters: Channel;
  readonly tokens: Extent;
  readonly heads: Count;
  /** P / Pl. */
  readonly headRows: Count;
  /** N / Nl. */
  readonly stateCols: Count;
  /** How often parameters come: 1 or 0 (1 when absent). */
  readonly passes?: Extent;
}

/** Adds one process. W is the width of the state channels. Throws KernelError where their types differ or the lanes do not fit. */
export function stateUpdate(net: NetworkBuilder, name: string, params: StateUpdateParams): void {
  const { oldState, newState, h, heads, headRows, stateCols } = params;
  check(name, params);
  const [positions, indices] = h.type.shape as [number, number];
  const words = product(heads, headRows, stateCols);
  net.process(name, 'PMA', 'h = h decay + u B.', (p) => {
    const shifts = headTable(p, params.parameters, heads, params.passes);
    const state = p.ram(
      'state',
      h.type,
      words,
      storageFor(h.type, countOf(words)),
      'h, order (head, row, col)',
    );
    const tokens = extentVal(p, params.tokens);
    const stays = { index: 'pass', bound: tokens.gt(1).named('stays') };
    const everyWord = { index: 'word', bound: words };

    p.nest('load_state', [stays, everyWord], ({ word }) =>
      p.store(state, word, p.read(oldState).named('loaded')),
    );

    const loops = [
      { index: 'token', bound: tokens },
      { index: 'head', bound: heads },
      { index: 'row', bound: headRows },
      { index: 'col', bound: stateCols },
    ];
    p.nest(
      'update',
      loops,
      ({ head, row, col }) => {
        const injectShift = shifts(head).lane(0).slice(3, 0).named('inject_shift');
        const rowStart = col.eq(0).named('row_start');
        const decay = single(hold(p, params.decay, rowStart.and(row.eq(0)).named('head_start'), 'decay'));
        const u = hold(p, params.u, rowStart, 'u');
        const b = p.read(params.b).named('b');

        const place = head.mul(countOf(headRows)).add(row).mul(countOf(stateCols)).add(col).named('place');
        const passing = tokens.eq(1).named('passing');
        const before = passing
          .select(p.read(oldState, passing).named('old_state'), p.load(state, place).named('kept_state'))
          .named('state_before');
        const injected = inject(u, b, injectShift, indices, positions);
        const updated = pma(before, decay, injected, 'decayed')
          .named('sum')
          .roundShift(DECAY_FRAC_BITS)
          .named('rounded_sum')
          .saturate(h.type.element)
          .named('updated');
        p.store(state, place, updated);
        p.write(h, updated);
        p.write(newState, updated, passing);
      },
      { distances: new Map([[state, countOf(words)]]) },
    );

    p.nest('store_state', [stays, everyWord], ({ word }) =>
      p.write(newState, p.load(state, word).named('stored')),
    );
  });
}

/** Bits that a DSP48E1 has left beside a 16-bit u and a 16-bit B: 25 x 18. */
const U_SHIFT = 9;
const B_SHIFT = 2;
/** What is left of the largest shift, 15: the adder after it includes the choice. */
const UPPER_SHIFT = 4;

/** (u B) 2^shift for every lane, shift 0 to 15: as much of it as possible before the product, where it costs rows and columns instead of lanes. */
function inject(u: Val, b: Val, shift: Val, indices: number, positions: number): Val {
  const isUpper = shift.ge(U_SHIFT + B_SHIFT + 1).named('is_upper_shift');
  const lower = isUpper
    .select(shift.sub(UPPER_SHIFT).named('shift_less_upper'), shift)
    .assume(0, U_SHIFT + B_SHIFT)
    .named('shift_before');
  const ofU = lower.min(U_SHIFT).named('shift_of_u');
  const ofB = lower.sub(ofU).assume(0, B_SHIFT).named('shift_of_b');
  const wideU = u.shl(ofU).named('shifted_u');
  const wideB = b.shl(ofB).named('shifted_b');
  const product = pmu(wideU.perRow(indices), wideB.perCol(positions)).named('injected_product');
  return isUpper.select(product.shl(UPPER_SHIFT).named('upper_product'), product).named('injected');
}

function check(name: string, { h, oldState, newState, u, b }: StateUpdateParams): void {
  const { shape, element } = h.type;
  if (!sameType(h.type, oldState.type) || !sameType(h.type, newState.type))
    throw new KernelError(`state update ${name}: old state, new state and h must be of one type`);
  if (shape.length !== 2 || u.type.shape[0] !== shape[0] || b.type.shape[0] !== shape[1])
    throw new KernelError(`state update ${name}: h is [${shape}], expected [lanes of u, lanes of B]`);
  if (!element.signed || element.bits < 16 || element.bits > 24)
    throw new KernelError(`state update ${name}: a state of ${element.bits} bits, expected 16 to 24, signed`);
}
