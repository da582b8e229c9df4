/**
 * A quantized model held in memory: plain arrays that can be handed to a worker as they are, and the QuantizedModel over
 * them. For tests and ablations; a large model belongs on disk (artifact.ts).
 */
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import type { Calibration } from '../calibrate/types.js';
import type {
  QuantizedHead,
  QuantizedLayer,
  QuantizedModel,
  QuantizedScalars,
  QuantOptions,
} from '../types.js';
import { type QuantizeChoices, quantizeInto } from './quantize.js';

/** All parts of a quantized model; can be cloned to another thread. */
export interface QuantizedParts {
  config: Mamba2Config;
  options: QuantOptions;
  scalars: QuantizedScalars;
  /** [paddedVocabSize][dModel] */
  embedding: Int32Array;
  layers: QuantizedLayer[];
  head: QuantizedHead;
}

/** Quantizes into memory with a calibration made before. */
export async function quantizeToParts(
  checkpoint: Checkpoint,
  calibration: Calibration,
  choices: QuantizeChoices = {},
): Promise<QuantizedParts> {
  const parts: Partial<QuantizedParts> & Pick<QuantizedParts, 'embedding' | 'layers'> = {
    embedding: new Int32Array(checkpoint.config.paddedVocabSize * checkpoint.config.dModel),
    layers: [],
  };
  await quantizeInto(
    {
      begin: (config, chosen, scalars) => {
        Object.assign(parts, { config, options: chosen, scalars });
      },
      embedding: (firstRow, rows) => parts.embedding.set(rows, firstRow * checkpoint.config.dModel),
      layer: (layer) => {
        parts.layers.push(layer);
      },
      head: (head) => {
        parts.head = head;
      },
    },
    checkpoint,
    calibration,
    choices,
  );
  return parts as QuantizedParts;
}

/** The QuantizedModel over parts in memory. */
export function modelOfParts(parts: QuantizedParts): QuantizedModel {
  const { config, options, scalars, layers, head, embedding } = parts;
  const { dModel } = config;
  return {
    config,
    options,
    scalars,
    layer: async (index) => layers[index],
    head: async () => head,
    embeddingRows: async (tokens) => {
      const rows = new Int32Array(tokens.length * dModel);
      for (let t = 0; t < tokens.length; t++) {
        rows.set(embedding.subarray(tokens[t] * dModel, (tokens[t] + 1) * dModel), t * dModel);
      }
      return rows;
    },
  };
}
