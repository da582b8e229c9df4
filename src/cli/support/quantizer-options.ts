/**
 * The choices of the quantizer, in groups: a command offers those that it reads. They have no defaults here, so that we know which ones were
 * given.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  completeOptions,
  DEFAULT_QUANT_OPTIONS,
  DEFAULT_WEIGHT_GROUP,
} from '../../quant/quantize/quantize.js';
import type { QuantOptions, WeightBits } from '../../quant/types.js';
import type { Flag } from './command-line.js';
import { integer } from './options.js';

/** What hardware and integers depend on. */
export interface HardwareOptions
  extends Partial<Pick<QuantOptions, 'hadamard' | 'stateBits' | 'weightBits' | 'headBits' | 'weightGroup'>> {
  /** Parts that the gated norm runs over; the model's groups when absent. */
  readonly normGroups?: number;
}

export type RoundingOption = Partial<Pick<QuantOptions, 'rounding'>>;

/** All that the integers depend on but the calibration. */
export interface FormatOptions extends HardwareOptions, Partial<QuantOptions> {}

/** What a checkpoint is calibrated on. */
export interface CalibrationOptions {
  readonly calibration?: string;
  readonly calibrationTokens?: number;
}

/** How a checkpoint is quantized. */
export interface QuantizeOptions extends FormatOptions, CalibrationOptions {}

/** Of what is random; 1 when absent. */
export interface SeedOption {
  readonly seed?: number;
}

/** Adds --hadamard, --state-bits, --norm-groups, --weight-bits, --head-bits and --weight-group. */
export function addHardwareOptions(command: Command): Command {
  const { hadamard, stateBits, weightBits, headBits } = DEFAULT_QUANT_OPTIONS;
  return command
    .addOption(
      new Option('--hadamard <mode>', `rotation before int8 quantization (default: ${hadamard})`).choices([
        'folded',
        'online',
        'none',
        'smooth',
      ]),
    )
    .option(
      '--state-bits <n>',
      `bits of the SSM state; 16 take two bytes of memory a value, more three (default: ${stateBits})`,
      integer(16, 24),
    )
    .option(
      '--norm-groups <n>',
      'normalize the gated norm in 1 part, or in as many as the model has groups (default: its groups)',
      integer(1),
    )
    .option('--weight-bits <n>', `bits of linear weights: 8, 4 or 2 (default: ${weightBits})`, width)
    .option('--head-bits <n>', `bits of the weights of the LM head: 8, 4 or 2 (default: ${headBits})`, width)
    .option(
      '--weight-group <n>',
      `input columns that share a scale where weights have fewer than 8 bits, or none (default: ${DEFAULT_WEIGHT_GROUP})`,
      group,
    );
}

/** Adds --rounding. */
export function addRoundingOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--rounding <way>',
      'of weights with fewer than 8 bits: each to the nearest, or for the least error on the calibration (default: gptq)',
    ).choices(['gptq', 'nearest']),
  );
}

/** Parser of a width. */
function width(text: string): WeightBits {
  const found = ([8, 4, 2] as const).find((bits) => String(bits) === text);
  if (found === undefined) throw new InvalidArgumentError(`Found ${text}, expected 8, 4 or 2.`);
  return found;
}

/** Parser of a group's columns. */
function group(text: string): number {
  return text === 'none' ? 0 : integer(1)(text);
}

/** Adds all choices of formats and the calibration's text. */
export function addQuantizeOptions(command: Command): Command {
  const { nau } = DEFAULT_QUANT_OPTIONS;
  return addRoundingOption(addHardwareOptions(command))
    .addOption(
      new Option('--nau <variant>', `nonlinear functions (default: ${nau})`).choices(['ours', 'paper']),
    )
    .option('--calibration <file>', 'text or .json of token ids (default: calibration.txt of the model)')
    .option('--calibration-tokens <n>', 'tokens to calibrate on (default: by model size)', integer(1));
}

/** Adds --seed. */
export function addSeedOption(command: Command, of = 'random calibration tokens'): Command {
  return command.option('--seed <n>', `seed of ${of} (default: 1)`, integer(0));
}

/** The quantizer's own options among all that were given, defaults filled in. */
export function quantOptions(options: FormatOptions): QuantOptions {
  const { hadamard, nau, stateBits, weightBits, headBits, weightGroup, rounding } = options;
  const all = { hadamard, nau, stateBits, weightBits, headBits, weightGroup, rounding };
  return completeOptions(Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined)));
}

/** What was given, for the command that repeats the run. */
export function hardwareFlags(options: HardwareOptions): Flag[] {
  return [
    ['--hadamard', options.hadamard],
    ['--state-bits', options.stateBits],
    ['--norm-groups', options.normGroups],
    ['--weight-bits', options.weightBits],
    ['--head-bits', options.headBits],
    ['--weight-group', options.weightGroup === 0 ? 'none' : options.weightGroup],
  ];
}

/** The same with all choices of formats, without the calibration's file: its path is this machine's. */
export function quantizeFlags(options: QuantizeOptions): Flag[] {
  return [
    ...hardwareFlags(options),
    ['--nau', options.nau],
    ['--rounding', options.rounding],
    ['--calibration-tokens', options.calibrationTokens],
  ];
}
