/**
 * Taps of the golden model read from the words of channels: the inverse of `layerChannels` for those that are compared with float, from the
 * words of all layers of a call of one sequence.
 */
import { inProjRows, paddingRow, plainRows } from '../../emit/image/rows.js';
import type { GoldenTap } from '../../quant/golden/observer.js';
import { headChunks } from '../../units/layer/chunks.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { type Numbers, pickColumns, tileOrder } from './orders.js';

/** A channel that carries a part of a tap: for every lane of a token the column of the tap, or `paddingRow`. */
interface TapChannel {
  readonly channel: string;
  readonly columns: Int32Array;
}

/** A tap, [tokens][width], and the channels that have its columns. */
interface CarriedTap {
  readonly tap: GoldenTap;
  readonly width: number;
  readonly channels: readonly TapChannel[];
}

/** Channel of the logits. */
export const LOGITS_CHANNEL = 'logit_tiles';

/** The taps of a layer that channels carry token after token. */
function carriedTaps({ dims, sizes, inProj, rescaleLanes }: AcceleratorShape, inRows: Int32Array) {
  const { dModel, dInner, nHeads, nGroups, dState } = dims;
  const bc = nGroups * dState;
  const range = (first: number, count: number) => Int32Array.from({ length: count }, (_, i) => first + i);
  const whole = (tap: GoldenTap, channel: string, width: number): CarriedTap => ({
    ...{ tap, width },
    channels: [{ channel, columns: range(0, width) }],
  });
  const section = (channel: string, firstTile: number, lanes: number) => {
    const first = firstTile * inProj.rows;
    return { channel, columns: inRows.slice(first, first + lanes) };
  };
  const dtLanes = Math.ceil(nHeads / rescaleLanes) * rescaleLanes;
  const { dtTiles, xbcTiles, dConv } = sizes;
  return [
    whole('norm.out', 'norm_in_out', dModel),
    whole('in_proj.x', 'quantize_in_out', dModel),
    {
      ...{ tap: 'in_proj.out', width: 2 * dInner + 2 * bc + nHeads },
      channels: [
        section('turn_dt_rows', 0, dtLanes),
        section('turn_xbc_rows', dtTiles, dConv),
        section('turn_z_rows', dtTiles + xbcTiles, dInner),
      ],
    },
    {
      ...{ tap: 'silu_xbc.out', width: dInner + 2 * bc },
      channels: [
        { channel: 'silu_x', columns: range(0, dInner) },
        { channel: 'silu_b', columns: range(dInner, bc) },
        { channel: 'silu_c', columns: range(dInner + bc, bc) },
      ],
    },
    {
      ...{ tap: 'dt', width: nHeads },
      channels: [
        { channel: 'dt_for_x', columns: range(0, dtLanes).map((i) => (i < nHeads ? i : paddingRow)) },
      ],
    },
    whole('ssm.y', 'y', dInner),
    whole('silu_z.out', 'silu_z_out', dInner),
    whole('gate.out', 'gate_out', dInner),
    whole('gated_norm.out', 'gated_norm_out', dInner),
    whole('out_proj.x', 'quantize_out_out', dInner),
    whole('out_proj.out', 'turn_out_rows', dModel),
    whole('residual.out', 'add_residual_out', dModel),
  ] satisfies CarriedTap[];
}

/** Reads taps of one shape from words. */
export class TapWords {
  private readonly taps: readonly CarriedTap[];

  constructor(private readonly shape: AcceleratorShape) {
    this.taps = carriedTaps(shape, inProjRows(shape));
  }

  /** Channels that the taps of a layer are read from. */
  get channels(): string[] {
    return this.taps.flatMap(({ channels }) => channels.map(({ channel }) => channel));
  }

  /**
   * Taps of one layer of a call of `tokens` tokens; `words` has all lanes of each channel, layer after layer. A tap is 0 where a word did not
   * come.
   */
  layer(words: ReadonlyMap<string, Numbers>, layer: number, tokens: number): Map<GoldenTap, Float64Array> {
    const read = ({ tap, width, channels }: CarriedTap): [GoldenTap, Float64Array] => {
      const out = new Float64Array(tokens * width);
      for (const { channel, columns } of channels) {
        const lanes = words.get(channel)!;
        const first = layer * tokens * columns.length;
        for (let t = 0; t < tokens; t++)
          for (const [i, column] of columns.entries())
            if (column !== paddingRow) out[t * width + column] = lanes[first + t * columns.length + i] ?? 0;
      }
      return [tap, out];
    };
    return new Map(this.taps.map(read));
  }

  /** Logits, [tokens][rows], from the lanes of their channel. 0 where a word did not come. */
  logits(lanes: Numbers, tokens: number, rows: number): Float64Array {
    const { inProj } = this.shape;
    const { chunkTokens } = headChunks(this.shape, tokens);
    const places = Float64Array.from({ length: tokens * rows }, (_, i) => i);
    const picked = pickColumns(places, rows, plainRows(rows, inProj.rows), paddingRow);
    const out = new Float64Array(tokens * rows);
    for (const [i, place] of tileOrder(picked, tokens, inProj.rows, chunkTokens).entries())
      if (place !== paddingRow) out[place] = lanes[i] ?? 0;
    return out;
  }
}
