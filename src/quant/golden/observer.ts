/**
 * How to look inside the golden model: names of its intermediate values and the callback that receives them. Observing may
 * take slower paths and never changes a number, but for `activations`.
 */

/** Intermediate values, in the order of docs/integer-model.md; all tensors are [tokens][...]. */
export type GoldenTap =
  /** [d] 18 bits; [1]; [1][k, q]; [d] int16 */
  | 'norm.v'
  | 'norm.sumSquares'
  | 'norm.root'
  | 'norm.out'
  /** [d], only with an online HAT before in_proj */
  | 'hat_in.out'
  /** [d] int8; [rows] with the bias; [rows] int16 in the order z, x, B, C, dt */
  | 'in_proj.x'
  | 'in_proj.acc'
  | 'in_proj.out'
  /** [dConv] v of section 4; after SiLU, section 5 */
  | 'conv.out'
  | 'silu_xbc.out'
  /** [H] U4.20; U5.20; U0.17 */
  | 'dt'
  | 'w'
  | 'decay'
  /** [dInner] int16 */
  | 'u'
  /** State after every token, [H][P][N], only where `everyState`; state after the last token, [1][H][P][N] */
  | 'h'
  | 'h.final'
  /** [dInner] int16 each */
  | 'ssm.y'
  | 'silu_z.out'
  | 'gate.out'
  /** [norm groups]; [norm groups][k, q]; [dInner] int16 */
  | 'gated_norm.sumSquares'
  | 'gated_norm.root'
  | 'gated_norm.out'
  /** [dInner], only with an online HAT */
  | 'hat_out.out'
  /** [dInner] int8; [d] with the bias; [d] int32, what is added to the residual; [d] the new residual */
  | 'out_proj.x'
  | 'out_proj.acc'
  | 'out_proj.out'
  | 'residual.out'
  /** The head: as above, with the layer number nLayers */
  | 'head.norm.v'
  | 'head.norm.sumSquares'
  | 'head.norm.root'
  | 'head.norm.out'
  | 'head.hat.out'
  | 'head.x'
  | 'head.acc'
  | 'logits';

/** What a tap hands over: a fresh array, row-major in `shape`. */
export type GoldenData = Int8Array | Int16Array | Int32Array | Float64Array;

/** Receives intermediate values of a layer (`nLayers` for the head) as they are made. */
export interface GoldenObserver {
  /** Called with a tensor of a layer, row-major, in `shape`. */
  tap(name: GoldenTap, layer: number, data: GoldenData, shape: readonly number[]): void;
  /**
   * For experiments with other formats, and the one thing here that changes numbers: may replace what SiLU makes of `v`, x, B and C of each token,
   * [tokens][dConv].
   */
  readonly activations?: (v: Int16Array, xbc: Int16Array) => void;
  /** Also hand over the SSM state after every token. */
  readonly everyState?: boolean;
}
