/**
 * The state space: the state is updated and read out in one step, Pl positions times Nl state indices (docs/integer-model.md section 7). The
 * state stays on chip from token to token. A token that takes has each word from memory when its turn comes, and one that gives sends it back
 * at once: at memory's pace. The states of the first part are loaded before its first token comes, and those of the last part stored
 * after its last, so that memory keeps none of their tokens waiting. B and C of a token come once a group and are kept for all its rows.
 *
 * A word of state is the widest of the accelerator. One process makes it and uses it, so that it needs no FIFO; to memory it goes in
 * parts, rows of it, in channels side by side.
 */
import type { NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Ram, Scalar } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { type Count, countOf, product } from '../../kernel/size.js';
import { type DataType, sameType, sint, typeOf } from '../../kernel/type.js';
import { tokenFlags } from '../idioms/call-parts.js';
import type { Extent } from '../idioms/extent.js';
import { extentVal } from '../idioms/extent.js';
import { hold, holdWords, single } from '../idioms/hold.js';
import { storageFor } from '../idioms/storage.js';
import { headTable } from '../movement/head-params.js';
import { rowWordTable } from './ssm-row-words.js';
import { stateOutput } from './ssm-state-output.js';
import { updatedState } from './ssm-state-update.js';

export interface StateSpaceParams {
  /** [Pl] s16, order (token, head, row). */
  readonly u: Channel;
  /** u17, order (token, head). */
  readonly decay: Channel;
  /** [Nl] s16, order (token, group, col): the heads of a group share them. */
  readonly b: Channel;
  readonly c: Channel;
  /** [Pl] s16, order (token, head, row). */
  readonly x: Channel;
  readonly y: Channel;
  /** [Pl / n, Nl] sW each, order (head, row, col): the n parts of the state of each slot that is taken, first rows first. */
  readonly oldState: readonly Channel[];
  /** The same of each that is given. */
  readonly newState: readonly Channel[];
  /** [4] u16, one word per head (STATE_FIELDS of head-params.ts). */
  readonly parameters: Channel;
  readonly tokens: Extent;
  /** Which tokens take and give: the parts of the call (call-parts.ts). */
  readonly parts: readonly Scalar[];
  /** Parts that take, the first ones; the others begin without a state. */
  readonly takes: Scalar;
  /** 1: the first token's state is loaded before it comes. */
  readonly loads: Scalar;
  /** 1: the last token gives, and its state is stored after it. */
  readonly stores: Scalar;
  readonly heads: Count;
  /** Groups of heads, and heads of each. */
  readonly groups: Count;
  readonly headsPerGroup: Count;
  /** Words of rows of a token: all heads' P / Pl. Where heads share words (ssm-row-words.ts), of all rows, and the last one is filled up. */
  readonly rowWords: Count;
  /** P. */
  readonly headDim: Count;
  /** N / Nl. */
  readonly stateCols: Count;
  /** How often parameters come: 1 or 0 (1 when absent). */
  readonly passes?: Extent;
}

/** Adds one process. W is the width of the state channels. Throws KernelError where their types differ or the lanes do not fit. */
export function stateSpace(net: NetworkBuilder, name: string, params: StateSpaceParams): void {
  const { oldState, newState, heads, groups, headsPerGroup, rowWords, headDim, stateCols } = params;
  const type = stateType(name, params);
  const [rows] = type.shape;
  const words = product(rowWords, stateCols);
  const shares = countOf(headDim) % rows !== 0;
  if (
    countOf(rowWords) !== Math.ceil((countOf(heads) * countOf(headDim)) / rows) ||
    (shares && rows > countOf(headDim))
  )
    throw new KernelError(
      `state space ${name}: ${countOf(rowWords)} words of ${rows} rows for ${countOf(heads)} heads of ${countOf(headDim)} rows`,
    );
  net.process(name, 'PMA, MAT', 'h = h decay + u B, y = C h + D x.', (p) => {
    const fieldsOf = headTable(p, params.parameters, heads, params.passes);
    const state = p.ram('state', type, words, storageFor(type, countOf(words)), 'h, order (head, row, col)');
    const tokens = extentVal(p, params.tokens);
    const [loads, stores] = [p.arg(params.loads), p.arg(params.stores)];
    const flags = tokenFlags(p, params.parts, params.takes);
    const last = tokens.max(1).sub(1).named('last_token');
    const everyWord = { index: 'word', bound: words };

    p.nest('load_state', [{ index: 'pass', bound: loads }, everyWord], ({ word }) =>
      p.store(state, word, readParts(p, oldState, 'loaded')),
    );

    const rowWordOf = shares ? rowWordTable(p, countOf(heads), countOf(headDim), rows) : undefined;
    const b = holdWords(p, params.b, stateCols, 'b');
    const c = holdWords(p, params.c, stateCols, 'c');
    const loops = [
      { index: 'token', bound: tokens },
      ...(shares
        ? [{ index: 'word', bound: rowWords }]
        : [
            ...(countOf(groups) > 1
              ? [
                  { index: 'group', bound: groups },
                  { index: 'group_head', bound: headsPerGroup },
                ]
              : [{ index: 'head', bound: heads }]),
            { index: 'row', bound: countOf(headDim) / rows },
          ]),
      { index: 'col', bound: stateCols },
    ];
    p.nest(
      'update',
      loops,
      ({ token, group, group_head: groupHead, head: onlyHead, row, word, col }) => {
        const steps = countOf(stateCols);
        const head = group ? group.mul(countOf(headsPerGroup)).add(groupHead).named('head') : onlyHead;
        /** In the first rows of a group its B and C come. */
        const isFirst = (word ? word.eq(0) : (groupHead ?? head).eq(0).and(row.eq(0))).named('group_start');
        const rowStart = col.eq(0).named('row_start');
        const rowEnd = col.eq(steps - 1).named('row_end');
        const rowWord = rowWordOf?.(word);
        const fields = fieldsOf(rowWord?.head ?? head);
        const headStart = rowStart.and(rowWord?.begins ?? row.eq(0)).named('head_start');
        const ofRows = (value: Val, name: string) =>
          rowWord ? rowWord.perRow(value, headStart, value.type, name) : value;
        const said = flags.of(token);
        const kept = ofRows(single(hold(p, params.decay, headStart, 'decay')), 'decay');
        // Where a sequence begins, nothing is left of what the memory holds.
        const decay = said.begins.select(0, kept).named('decay_now');
        const place = (rowWord ? word : head.mul(countOf(headDim) / rows).add(row))
          .mul(steps)
          .add(col)
          .named('place');
        const takes = said.takes.and(token.eq(0).and(loads).not()).named('takes_now');
        const gives = said.gives.and(token.eq(last).and(stores).not()).named('gives_now');
        const before = takes
          .select(readParts(p, oldState, 'old_state', takes), p.load(state, place).named('kept_state'))
          .named('state_before');
        const updated = updatedState(
          {
            before,
            decay,
            u: hold(p, params.u, rowStart, 'u'),
            b: b.of(isFirst, col),
            injectShift: ofRows(fields.lane(0).slice(3, 0).named('inject_shift'), 'inject_shift'),
          },
          type.element,
        );
        p.store(state, place, updated);
        writeParts(p, newState, updated, gives);
        const y = stateOutput(p, {
          state: updated,
          c: c.of(isFirst, col),
          x: p.read(params.x, rowEnd).named('x'),
          dSkip: ofRows(fields.lane(1).wrap(sint(16)).named('d_skip'), 'd_skip'),
          skipShift: ofRows(fields.lane(2).slice(4, 0), 'skip_shift').assume(0, 20).named('skip_shift'),
          yShift: ofRows(fields.lane(3).slice(5, 0), 'y_shift').assume(0, 47).named('y_shift'),
          rowEnd,
          steps,
        });
        p.write(params.y, y, rowEnd);
      },
      {
        distances: new Map([
          [state, countOf(words)],
          ...[b, c].flatMap(({ ram }): [Ram, number][] => (ram ? [[ram, countOf(stateCols)]] : [])),
        ]),
      },
    );

    p.nest('store_state', [{ index: 'pass', bound: stores }, everyWord], ({ word }) =>
      writeParts(p, newState, p.load(state, word).named('stored')),
    );
  });
}

/** A word of state from its parts. */
function readParts(p: ProcessBuilder, parts: readonly Channel[], name: string, when?: Val): Val {
  const [first, ...others] = parts.map((part, i) =>
    p.read(part, when).named(parts.length === 1 ? name : `${name}_${i}`),
  );
  if (others.length === 0) return first;
  const [rows, cols] = first.shape;
  const lanes = p.gather([first, ...others].map((part) => part.reshape(rows * cols)));
  return lanes.reshape(rows * parts.length, cols).named(name);
}

function writeParts(p: ProcessBuilder, parts: readonly Channel[], word: Val, when?: Val): void {
  const rows = parts[0].type.shape[0];
  parts.forEach((part, i) => {
    p.write(part, parts.length === 1 ? word : word.lanes(i * rows, rows), when);
  });
}

/** The type of a whole word of state. */
function stateType(name: string, { oldState, newState, u, b, c, x, y }: StateSpaceParams): DataType {
  const [{ type }] = oldState;
  const { shape, element } = type;
  if (
    oldState.length !== newState.length ||
    ![...oldState, ...newState].every((part) => sameType(part.type, type))
  )
    throw new KernelError(
      `state space ${name}: the parts of old and new state must be as many and of one type`,
    );
  const positions = shape[0] * oldState.length;
  const fits =
    [u, x, y].every((one) => one.type.shape[0] === positions) &&
    [b, c].every((one) => one.type.shape[0] === shape[1]);
  if (shape.length !== 2 || !fits)
    throw new KernelError(
      `state space ${name}: ${oldState.length} parts of [${shape}], expected [lanes of u, x and y, lanes of B and C]`,
    );
  if (!element.signed || element.bits < 16 || element.bits > 24)
    throw new KernelError(`state space ${name}: a state of ${element.bits} bits, expected 16 to 24, signed`);
  return typeOf(element, positions, shape[1]);
}
