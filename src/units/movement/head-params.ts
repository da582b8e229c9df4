/**
 * Parameters of the heads. In memory: one word per head, [8] u16, fields in the order of HEAD_FIELD_ORDER. One process reads them once a call
 * and gives each consumer the fields it needs ([n] u16 in the consumer's order, one word per head); a consumer keeps them in a memory of its own.
 * The heads are padded with zero words up to a multiple of the NAU's lanes, which works on so many heads at a time.
 */
import type { NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { type Count, countOf } from '../../kernel/size.js';
import { laneCount } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { storageFor } from '../idioms/storage.js';

/**
 * Order of the fields; values as in docs/integer-model.md, `dSkip` in two's complement. `aHigh` holds bit 16 of absA and, from its
 * bit 1 on, which of the shifts 6, 12, 18, 24 aShift is.
 */
export const HEAD_FIELD_ORDER = [
  'aLow',
  'aHigh',
  'uShift',
  'injectShift',
  'dSkip',
  'skipShift',
  'yShift',
  'gateShift',
] as const;
/** u16 fields per head. */
export const HEAD_FIELDS = HEAD_FIELD_ORDER.length;
export type HeadField = (typeof HEAD_FIELD_ORDER)[number];

/** What each consumer takes, in the order of its lanes. */
export const DECAY_FIELDS = ['aLow', 'aHigh'] as const satisfies readonly HeadField[];
export const SCALE_X_FIELDS = ['uShift'] as const satisfies readonly HeadField[];
export const UPDATE_FIELDS = ['injectShift'] as const satisfies readonly HeadField[];
export const OUTPUT_FIELDS = ['dSkip', 'skipShift', 'yShift'] as const satisfies readonly HeadField[];
export const GATE_FIELDS = ['gateShift'] as const satisfies readonly HeadField[];

/** Parameters of all heads, one entry per head. */
export interface HeadTables {
  readonly absA: Uint32Array;
  readonly aShift: Uint8Array;
  readonly uShift: Uint8Array;
  readonly injectShift: Uint8Array;
  readonly dSkip: Int16Array;
  readonly skipShift: Uint8Array;
  readonly yShift: Uint8Array;
  readonly gateShift: Uint8Array;
}

/** Words in memory: heads, padded to a multiple of the NAU's lanes. */
export function paddedHeads(heads: number, lanes: number): number {
  return Math.ceil(heads / lanes) * lanes;
}

/** aShift is a multiple of this, 1 to 4 times. */
export const A_SHIFT_STEP = 6;

/** The two fields of |A|. */
export function packAbsA(absA: number, aShift: number): { aLow: number; aHigh: number } {
  return { aLow: absA & 0xffff, aHigh: (absA >>> 16) | ((aShift / A_SHIFT_STEP - 1) << 1) };
}

/** The u16 image of all heads, padded for `lanes` heads per word of the NAU. */
export function packHeadParams(tables: HeadTables, lanes: number): Uint16Array {
  const image = new Uint16Array(paddedHeads(tables.absA.length, lanes) * HEAD_FIELD_ORDER.length);
  for (let head = 0; head < tables.absA.length; head++) {
    const values: Record<HeadField, number> = {
      ...packAbsA(tables.absA[head], tables.aShift[head]),
      uShift: tables.uShift[head],
      injectShift: tables.injectShift[head],
      dSkip: tables.dSkip[head],
      skipShift: tables.skipShift[head],
      yShift: tables.yShift[head],
      gateShift: tables.gateShift[head],
    };
    image.set(
      HEAD_FIELD_ORDER.map((field) => values[field]),
      head * HEAD_FIELD_ORDER.length,
    );
  }
  return image;
}

export interface HeadParamsParams {
  /** [8] u16, one word per head, `paddedHeads` of them. */
  readonly input: Channel;
  readonly outputs: readonly HeadParamsOutput[];
  readonly heads: number;
  readonly paddedHeads: number;
  /** How often they come: 1, or 0 where a call has no heads to serve (1 when absent). */
  readonly passes?: Extent;
}

export interface HeadParamsOutput {
  /** [fields] u16. */
  readonly channel: Channel;
  readonly fields: readonly HeadField[];
  /** The padding goes along too. */
  readonly padded?: boolean;
}

/** Adds the process that deals out the fields. Throws KernelError where a channel's lanes are not its fields. */
export function headParams(net: NetworkBuilder, name: string, params: HeadParamsParams): void {
  const { input, outputs, heads, passes } = params;
  for (const { channel, fields } of outputs)
    if (laneCount(channel.type.shape) !== fields.length || channel.type.shape.length !== 1)
      throw new KernelError(`head parameters ${name}: ${channel.name} must be [${fields.length}] u16`);
  net.process(name, 'distributor', 'Gives each unit the parameters of the heads that it needs.', (p) => {
    const loops = [
      { index: 'pass', bound: passes === undefined ? 1 : extent(p, passes) },
      { index: 'head', bound: params.paddedHeads },
    ];
    p.nest('deal', loops, ({ head }) => {
      const word = p.read(input).named('head_word');
      const real = params.paddedHeads === heads ? undefined : head.lt(heads).named('is_head');
      for (const { channel, fields, padded } of outputs) {
        const own = p
          .gather(fields.map((field) => word.lane(HEAD_FIELD_ORDER.indexOf(field))))
          .named(`to_${channel.name}`);
        p.write(channel, own, padded ? undefined : real);
      }
    });
  });
}

/**
 * A consumer's side: adds the nest that loads one word per head, and gives the look-up for the nests after it. To be called outside a nest.
 */
export function headTable(
  p: ProcessBuilder,
  channel: Channel,
  heads: Count,
  passes: Extent | undefined,
): (head: Val) => Val {
  const ram = p.ram(
    'heads',
    channel.type,
    heads,
    storageFor(channel.type, countOf(heads)),
    'parameters of the heads',
  );
  const loops = [
    { index: 'pass', bound: passes === undefined ? 1 : extent(p, passes) },
    { index: 'entry', bound: heads },
  ];
  p.nest('load', loops, ({ entry }) => p.store(ram, entry, p.read(channel).named('parameters')));
  return (head) => p.load(ram, head).named('head_fields');
}
