/** The model that ships with the project, with narrow weights, and an accelerator with few lanes for it. */
import { openCheckpoint } from '../../src/model/checkpoint/checkpoint.js';
import { readTokens } from '../../src/model/tokenizer/token-file.js';
import { modelDims } from '../../src/plan/shape/dims.js';
import { calibrate } from '../../src/quant/calibrate/calibrate.js';
import { calibrationWindows } from '../../src/quant/calibrate/tokens.js';
import { modelOfParts, quantizeToParts } from '../../src/quant/quantize/in-memory.js';
import type { QuantizedModel, QuantOptions } from '../../src/quant/types.js';
import type { AcceleratorShape } from '../../src/units/shape.js';
import { packagePath } from '../../src/util/package-path.js';
import { smallShape } from './small-shape.js';

export interface ShippedModel {
  readonly model: QuantizedModel;
  readonly shape: AcceleratorShape;
  /** Ids of its calibration text. */
  readonly tokens: readonly number[];
}

/** Quantizes it, calibrated on little text; port words of a tile each. */
export async function shippedModel(
  options: Partial<QuantOptions> & Pick<QuantOptions, 'weightBits'>,
): Promise<ShippedModel> {
  const path = packagePath('models', 'tiny-mamba2');
  const checkpoint = await openCheckpoint(path);
  try {
    const { config } = checkpoint;
    const tokens = await readTokens(`${path}/calibration.txt`, config.vocabSize, path);
    const calibration = await calibrate(checkpoint, calibrationWindows(config, tokens, 512));
    const parts = await quantizeToParts(checkpoint, calibration, { options });
    const dims = modelDims(config, parts.options);
    const shape = smallShape.with({ dims, weightLanes: 8 * options.weightBits });
    return { model: modelOfParts(parts), shape, tokens };
  } finally {
    await checkpoint.close();
  }
}
