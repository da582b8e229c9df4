/**
 * The dimensions and switches of a Mamba2 language model, from config.json of either layout: Hugging Face
 * (`Mamba2ForCausalLM`) or the original state-spaces one (`MambaConfig` with `ssm_cfg`). What is missing has the default
 * of that layout's own code. Whatever would make it another model than pure Mamba2 is refused with a UserError.
 */

import { parseLenientJsonObject } from '../../util/lenient-json.js';
import { fieldError } from './fields.js';
import { parseHuggingFaceConfig } from './huggingface.js';
import type { Mamba2Config } from './mamba2-config.js';
import { parseStateSpacesConfig } from './statespaces.js';

/** Reads the text of a config.json; `file` is its name in errors. Throws UserError for anything that does not hold. */
export function parseConfig(text: string, file: string): Mamba2Config {
  const json = parseLenientJsonObject(text, file);
  const isStateSpaces = 'ssm_cfg' in json || ('d_model' in json && !('model_type' in json));
  const config = isStateSpaces ? parseStateSpacesConfig(json, file) : parseHuggingFaceConfig(json, file);
  const field = (huggingFace: string, stateSpaces: string) => (isStateSpaces ? stateSpaces : huggingFace);
  if (config.nHeads % config.nGroups !== 0) {
    const expected = `a divisor of the number of heads (${config.nHeads})`;
    throw fieldError(file, field('n_groups', 'ssm_cfg.ngroups'), config.nGroups, expected);
  }
  return Object.freeze(config);
}
