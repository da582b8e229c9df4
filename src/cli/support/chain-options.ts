/** The options of commands that go from [model] to a project. */
import type { Command } from 'commander';
import type { ChainOptions } from './chain.js';
import { addModelOptions } from './options.js';
import { addPlanOptions } from './plan-options.js';
import { addQuantizeOptions, addSeedOption, type SeedOption } from './quantizer-options.js';

export type ChainCommandOptions = ChainOptions & SeedOption;

/** Adds all of them; `seedOf` says what is random. */
export function addChainOptions(command: Command, seedOf?: string): Command {
  return addSeedOption(addPlanOptions(addQuantizeOptions(addModelOptions(command))), seedOf);
}
