/**
 * What calibration learns about a model: ranges and histograms of every intermediate that gets a static format. It does
 * not depend on the quantization options, so one calibration serves a whole ablation table. All values are in the float
 * model's own units (dt in base e, norms before their gain).
 */
import type { ScaleHistogram } from '../scale/histogram.js';

/** The same quantity without and with the block Hadamard rotation. */
export interface PlainAndRotated<T> {
  readonly plain: T;
  readonly rotated: T;
}

/** What one RMSNorm sees; `rotated` is in the coordinates of the rotated residual stream. */
export interface NormCalibration {
  /** Largest absolute input. */
  readonly inputMax: { plain: number; rotated: number };
  /** Output before the gain, root mean square 1. */
  readonly out: PlainAndRotated<ScaleHistogram>;
  /** Largest absolute output a channel, gain included, not rotated (what SmoothQuant needs). */
  readonly columnMax: Float64Array;
}

/** One layer. */
export interface LayerCalibration {
  readonly norm: NormCalibration;
  /** in_proj's results. */
  readonly raw: { z: ScaleHistogram; x: ScaleHistogram; b: ScaleHistogram; c: ScaleHistogram };
  /** Before SiLU. */
  readonly conv: { x: ScaleHistogram; b: ScaleHistogram; c: ScaleHistogram };
  /** After SiLU. */
  readonly silu: { z: ScaleHistogram; x: ScaleHistogram; b: ScaleHistogram; c: ScaleHistogram };
  /** Largest absolute x after SiLU, a head. */
  readonly xMax: Float64Array;
  /** Largest absolute dt x and state entry, a head. */
  readonly uMax: Float64Array;
  readonly stateMax: Float64Array;
  /** C h + D x, a head. */
  readonly y: readonly ScaleHistogram[];
  readonly gated: ScaleHistogram;
  /** Output of the gated norm before its gain; `rotated` by the block Hadamard transform of dInner. */
  readonly gatedNorm: NormCalibration;
}

/** Where the tokens came from; goes into the manifest. */
export interface CalibrationSource {
  readonly kind: 'text' | 'random';
  /** Seed of random tokens. */
  readonly seed?: number | undefined;
  readonly tokens: number;
  readonly window: number;
  /** Tokens that GPTQ rounded weights for, where it did. */
  readonly roundingTokens?: number | undefined;
}

/** A whole model. */
export interface Calibration {
  readonly source: CalibrationSource;
  readonly layers: readonly LayerCalibration[];
  readonly finalNorm: NormCalibration;
  readonly logits: ScaleHistogram;
  /** The residual stream before each layer and of the final norm for the first tokens, [tokens, dModel] each. */
  readonly samples: readonly Float64Array[];
  /** Tokens that GPTQ rounds weights for, windows of the same length: more than the formats need. */
  readonly roundingWindows: readonly Int32Array[];
}
