/** The dimensions and switches of a Mamba2 language model, whatever layout its config.json has. */
/** All that the shape and the arithmetic of a model depend on, beside its weights. */

export interface Mamba2Config {
  readonly layout: 'huggingface' | 'state-spaces';
  /** Width of the residual stream. */
  readonly dModel: number;
  readonly nLayers: number;
  /** expand * dModel = nHeads * headDim: width of x, z and the gated norm. */
  readonly dInner: number;
  readonly headDim: number;
  readonly nHeads: number;
  /** State entries a channel of x (N in the paper). */
  readonly dState: number;
  /** Sets of B and C; head i uses group floor(i * nGroups / nHeads). */
  readonly nGroups: number;
  /** Taps of the causal convolution. */
  readonly convKernel: number;
  readonly expand: number;
  /** Tokens a chunk in the SSD algorithm; changes no result. */
  readonly chunkSize: number;
  /** Ids that stand for a token. */
  readonly vocabSize: number;
  /** Rows of the embedding and of the head; rows from vocabSize on stand for nothing. */
  readonly paddedVocabSize: number;
  /** Added to the mean square in every RMSNorm. */
  readonly normEps: number;
  /** The head uses the embedding's rows. */
  readonly tieEmbeddings: boolean;
  /** in_proj and out_proj have a bias. */
  readonly useBias: boolean;
  readonly useConvBias: boolean;
  /** Always false: the gate multiplies before the norm. */
  readonly normBeforeGate: false;
  /** The gated norm runs over each of nGroups parts of dInner; over all of dInner when false. */
  readonly groupNorm: boolean;
  /** dt is clamped to [dtMin, dtMax] after softplus; dtMax may be Infinity. */
  readonly dtMin: number;
  readonly dtMax: number;
}
/** Rows of in_proj: z (dInner), x (dInner), B and C (nGroups * dState each), dt (nHeads), in this order. */
export function dInProj(config: Mamba2Config): number {
  return 2 * config.dInner + 2 * config.nGroups * config.dState + config.nHeads;
}

/** Channels of the convolution: x, B, C. */
export function dConv(config: Mamba2Config): number {
  return config.dInner + 2 * config.nGroups * config.dState;
}

/** The group whose B and C head `head` uses. */
export function groupOfHead(config: Mamba2Config, head: number): number {
  return Math.floor((head * config.nGroups) / config.nHeads);
}
