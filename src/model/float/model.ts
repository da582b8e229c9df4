/**
 * The whole Mamba2 language model in float64, all weights in memory: the reference that everything else is measured
 * against. `stream.ts` runs models that are too large for that.
 */
import { UserError } from '../../errors.js';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { Mamba2Config } from '../config/mamba2-config.js';
import { FloatLayer, type FloatMath, type ForwardOptions } from './layer.js';
import { linear } from './linear.js';
import { rmsNorm } from './math.js';
import { emptyModelState, type ModelState } from './state.js';
import { tap } from './taps.js';

/** The weights outside the layers. */
export interface OuterWeights {
  /** [paddedVocabSize, dModel] */
  readonly embedding: Float32Array;
  /** [dModel] */
  readonly finalNorm: Float32Array;
  /** [paddedVocabSize, dModel]; the embedding when tied. */
  readonly lmHead: Float32Array;
}

/** Tokens of a sequence, and its state before them, which is moved on in place. */
export interface ModelPart {
  readonly tokens: ArrayLike<number>;
  readonly state: ModelState;
}

/** A model with all weights in memory. */
export class FloatModel {
  constructor(
    readonly config: Mamba2Config,
    readonly layers: readonly FloatLayer[],
    readonly weights: OuterWeights,
    private readonly math?: FloatMath,
  ) {}

  /** Reads all weights; computes in float64 where no other `math` is given. Throws UserError as `Checkpoint.read` does. */
  static async load(checkpoint: Checkpoint, math?: FloatMath): Promise<FloatModel> {
    const layers: FloatLayer[] = [];
    for (let i = 0; i < checkpoint.config.nLayers; i++)
      layers.push(await FloatLayer.load(checkpoint, i, math));
    const embedding = (await checkpoint.read('embedding')).data;
    const finalNorm = (await checkpoint.read('finalNorm')).data;
    const lmHead = checkpoint.config.tieEmbeddings ? embedding : (await checkpoint.read('lmHead')).data;
    return new FloatModel(checkpoint.config, layers, { embedding, finalNorm, lmHead }, math);
  }

  /** The state before the first token. */
  newState(): ModelState {
    return emptyModelState(this.config);
  }

  /**
   * Logits [L, paddedVocabSize] of L tokens; row t is what follows tokens 0 to t. The state (a new one when left out) is
   * moved on in place. Throws UserError for an id outside the vocabulary.
   */
  forward(tokens: ArrayLike<number>, state = this.newState(), options: ForwardOptions = {}): Float64Array {
    return this.head(this.residual(tokens, state, options), options);
  }

  /** The same for tokens of several sequences, one after the other, each with a state of its own; weights are read once for all. */
  forwardParts(parts: readonly ModelPart[]): Float64Array {
    return this.head(this.residualParts(parts));
  }

  private head(x: Float64Array, options: ForwardOptions = {}): Float64Array {
    const { config: c, weights } = this;
    const normed = rmsNorm(x, weights.finalNorm, c.dModel, c.normEps);
    tap(options.taps, c.nLayers, 'normed', normed, c.dModel);
    return (this.math?.linear ?? linear)(normed, weights.lmHead, c.dModel);
  }

  /** As `forward` without the head: the residual stream after the last layer, [L, dModel]. */
  residual(tokens: ArrayLike<number>, state: ModelState, options: ForwardOptions = {}): Float64Array {
    return this.residualParts([{ tokens, state }], options);
  }

  /** The same for tokens of several sequences. */
  residualParts(parts: readonly ModelPart[], options: ForwardOptions = {}): Float64Array {
    const { config: c, weights } = this;
    const tokens = parts.flatMap(({ tokens }) => Array.from(tokens));
    let x = embedTokens(c, weights.embedding, tokens);
    for (const layer of this.layers) {
      const own = parts.map(({ tokens: { length: count }, state }) => ({ count, state: state[layer.index] }));
      x = layer.forward(x, own, options);
    }
    tap(options.taps, c.nLayers, 'residual', x, c.dModel);
    return x;
  }

  /** Logits [paddedVocabSize] after one more token; the state is moved on in place. */
  step(state: ModelState, token: number): Float64Array {
    return this.forward([token], state);
  }

  /** As `forward`, with the scan by the SSD algorithm in chunks of `chunk` tokens. */
  forwardChunked(tokens: ArrayLike<number>, chunk: number, state = this.newState()): Float64Array {
    return this.forward(tokens, state, { chunk });
  }
}

/** Throws UserError when an id is not a token of the model. */
export function checkTokens(config: Mamba2Config, tokens: ArrayLike<number>): void {
  for (let t = 0; t < tokens.length; t++) {
    if (!Number.isInteger(tokens[t]) || tokens[t] < 0 || tokens[t] >= config.vocabSize) {
      throw new UserError(`token ${t}: found id ${tokens[t]}, expected 0 to ${config.vocabSize - 1}`);
    }
  }
}

/** The embedding rows of the tokens, [L, dModel]. */
function embedTokens(config: Mamba2Config, embedding: Float32Array, tokens: ArrayLike<number>): Float64Array {
  checkTokens(config, tokens);
  const { dModel } = config;
  const x = new Float64Array(tokens.length * dModel);
  for (let t = 0; t < tokens.length; t++) {
    x.set(embedding.subarray(tokens[t] * dModel, (tokens[t] + 1) * dModel), t * dModel);
  }
  return x;
}
