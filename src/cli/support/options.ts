/** The options that several commands share, each defined once, and the parsers that check their values. */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Resources } from '../../plan/area/resources.js';
import { PRESETS, type Preset } from '../../plan/search/presets.js';
import { PURPOSES, type Purpose } from '../../plan/search/workload.js';
import { MAX_TOKENS } from '../../plan/shape/shape-limits.js';
import { completeOptions, DEFAULT_QUANT_OPTIONS } from '../../quant/quantize/quantize.js';
import type { QuantOptions } from '../../quant/types.js';

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

/** What every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds --json and --quiet. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON object on stdout, nothing else there')
    .option('--quiet', 'show no progress');
}

/** What commands with a model take beside. */
export interface ModelOptions extends CommonOptions {
  readonly output?: string;
  readonly threads: number;
}

/** Adds the [model] argument, --output and --threads. */
export function addModelOptions(
  command: Command,
  output = 'folder of results (default: build/<model>)',
): Command {
  return addCommonOptions(
    command
      .argument('[model]', 'checkpoint or quantized folder (default: the small model of this package)')
      .option('-o, --output <path>', output)
      .option('--threads <n>', 'threads for parallel work', integer(1, 1024), availableParallelism()),
  );
}

/** How a checkpoint is quantized; undefined means the default. */
export interface QuantizeOptions extends Partial<QuantOptions> {
  /** Parts that the gated norm runs over; undefined: the model's groups. */
  readonly normGroups?: number;
  readonly calibration?: string;
  readonly calibrationTokens?: number;
  readonly seed?: number;
}

/** Adds the choices of the quantizer. They carry no defaults here, so that one given can be told from one left out. */
export function addQuantOptions(command: Command): Command {
  const d = DEFAULT_QUANT_OPTIONS;
  return command
    .addOption(
      new Option(
        '--hadamard <mode>',
        `rotation in front of int8 quantization (default: ${d.hadamard})`,
      ).choices(['folded', 'online', 'none', 'smooth']),
    )
    .addOption(
      new Option('--nau <variant>', `nonlinear functions (default: ${d.nau})`).choices(['ours', 'paper']),
    )
    .option('--state-bits <n>', `bits of the SSM state (default: ${d.stateBits})`, integer(16, 24))
    .option('--weight-bits <n>', `bits of linear weights (default: ${d.weightBits})`, integer(4, 8))
    .option(
      '--norm-groups <n>',
      "parts that the gated norm runs over: 1 or the model's groups (default: its groups)",
      integer(1),
    )
    .option('--calibration <file>', 'text or .json of token ids (default: calibration.txt of the model)')
    .option('--calibration-tokens <n>', 'tokens to calibrate on (default: by model size)', integer(1))
    .option('--seed <n>', 'seed of whatever is random (default: 1)', integer(0));
}

/** Which accelerator to plan. */
export interface PlanOptions {
  readonly device: string;
  readonly preset: Preset;
  readonly chunk?: number;
  /** What `auto` is to be fast at. */
  readonly for?: Purpose;
  /** Less of the device than the planner's margins. */
  readonly under?: Partial<Resources>;
}

/** Adds the choices of the planner. */
export function addPlanOptions(command: Command): Command {
  return command
    .option('--device <name>', 'FPGA board to plan for: a name or the path of a .json file', 'vc709')
    .addOption(
      new Option('--preset <name>', 'balanced for the device, as in the paper, or few lanes')
        .choices(PRESETS)
        .default('auto'),
    )
    .option('--chunk <tokens>', 'tokens a chunk (default: by preset)', integer(1, MAX_TOKENS))
    .addOption(
      new Option('--for <purpose>', 'what preset auto is to be fast at (default: both)').choices(PURPOSES),
    )
    .option(
      '--under <kind=n,...>',
      'what preset auto may use: lut, ff, dsp, bram36 (default: the margins of the device)',
      budget,
    );
}

const KINDS = ['lut', 'ff', 'dsp', 'bram36'] as const;

/** Parser of a budget: `dsp=2000,lut=150000`. */
export function budget(text: string): Partial<Resources> {
  const parts = text.split(',').map((part): [keyof Resources, number] => {
    const [, name, value] = /^([a-z0-9]+)=(\d+(?:\.5)?)$/.exec(part) ?? [];
    const kind = KINDS.find((known) => known === name);
    if (!kind)
      throw new InvalidArgumentError(
        `Found ${part}, expected ${KINDS.join(', ')} and a number, as in dsp=2000.`,
      );
    return [kind, Number(value)];
  });
  return Object.fromEntries(parts);
}

/** The quantizer's own options among all that were given, defaults filled in. */
export function quantOptions({ hadamard, nau, stateBits, weightBits }: QuantizeOptions): QuantOptions {
  const given = Object.entries({ hadamard, nau, stateBits, weightBits }).filter(([, v]) => v !== undefined);
  return completeOptions(Object.fromEntries(given));
}
