/** Options that nearly all commands have, and the parsers that check values. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Shard } from '../../util/shards.js';

/** Parser of an integer from `min` to `max`. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < min || value > max) {
      const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
      throw new InvalidArgumentError(`Expected an integer ${range}.`);
    }
    return value;
  };
}

/** Parser of a number that is not negative. */
export function notNegative(text: string): number {
  const value = Number(text);
  if (!/^[\d.]/.test(text) || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('Expected a number of at least 0.');
  }
  return value;
}

/** Parser of i/n, 1 to n. */
export function shard(text: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || index < 1 || index > count) {
    throw new InvalidArgumentError('Expected a shard as 1/4, from 1 to as many as there are.');
  }
  return { index, count };
}

/** Whether stdout is for programs. */
export interface JsonOption {
  readonly json?: boolean;
}

/** What every command but `doctor` has. */
export interface CommonOptions extends JsonOption {
  readonly quiet?: boolean;
}

/** What commands with a model and a result have. */
export interface ModelOptions extends CommonOptions {
  readonly output?: string;
}

/** Adds --json. */
export function addJsonOption(command: Command): Command {
  return command.option('--json', 'print one JSON object on stdout and nothing else');
}

/** Adds the [model] argument, --output, --json and --quiet. */
export function addModelOptions(
  command: Command,
  output = 'folder of results (default: build/<model>)',
): Command {
  command
    .argument('[model]', 'checkpoint or quantized folder (default: the small model of this package)')
    .option('-o, --output <path>', output);
  return addJsonOption(command).option('--quiet', 'show no progress');
}
