/**
 * The choices of the quantizer, in groups: a command offers those that it reads. They have no defaults here, so that we know which ones were
 * given.
 */
import { type Command, Option } from 'commander';
import { completeOptions, DEFAULT_QUANT_OPTIONS } from '../../quant/quantize/quantize.js';
import type { QuantOptions } from '../../quant/types.js';
import type { Flag } from './command-line.js';
import { integer } from './options.js';

/** What hardware and integers depend on. */
export interface HardwareOptions extends Partial<Pick<QuantOptions, 'hadamard' | 'stateBits'>> {
  /** Parts that the gated norm runs over; the model's groups when absent. */
  readonly normGroups?: number;
}

export type WeightBitsOption = Partial<Pick<QuantOptions, 'weightBits'>>;

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

/** Adds --hadamard, --state-bits and --norm-groups. */
export function addHardwareOptions(command: Command): Command {
  const { hadamard, stateBits } = DEFAULT_QUANT_OPTIONS;
  return command
    .addOption(
      new Option('--hadamard <mode>', `rotation before int8 quantization (default: ${hadamard})`).choices([
        'folded',
        'online',
        'none',
        'smooth',
      ]),
    )
    .option('--state-bits <n>', `bits of the SSM state (default: ${stateBits})`, integer(16, 24))
    .option(
      '--norm-groups <n>',
      'normalize the gated norm in 1 part, or in as many as the model has groups (default: its groups)',
      integer(1),
    );
}

/** Adds --weight-bits. */
export function addWeightBitsOption(command: Command): Command {
  const { weightBits } = DEFAULT_QUANT_OPTIONS;
  return command.option(
    '--weight-bits <n>',
    `bits of linear weights (default: ${weightBits})`,
    integer(4, 8),
  );
}

/** Adds all choices of formats and the calibration's text. */
export function addQuantizeOptions(command: Command): Command {
  const { nau } = DEFAULT_QUANT_OPTIONS;
  return addWeightBitsOption(addHardwareOptions(command))
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
export function quantOptions({ hadamard, nau, stateBits, weightBits }: FormatOptions): QuantOptions {
  const given = Object.entries({ hadamard, nau, stateBits, weightBits }).filter(([, v]) => v !== undefined);
  return completeOptions(Object.fromEntries(given));
}

/** What was given, for the command that repeats the run. */
export function hardwareFlags({ hadamard, stateBits, normGroups }: HardwareOptions): Flag[] {
  return [
    ['--hadamard', hadamard],
    ['--state-bits', stateBits],
    ['--norm-groups', normGroups],
  ];
}

/** The same with all choices of formats, without the calibration's file: its path is this machine's. */
export function quantizeFlags(options: QuantizeOptions): Flag[] {
  return [
    ...hardwareFlags(options),
    ['--nau', options.nau],
    ['--weight-bits', options.weightBits],
    ['--calibration-tokens', options.calibrationTokens],
  ];
}
