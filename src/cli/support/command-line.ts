/** The command that makes the same thing again, without the folders of this machine: what projects and results are marked with. */
import { basename } from 'node:path';
import type { Resources } from '../../plan/area/resources.js';
import { isDeviceFile } from '../../plan/board/device.js';
import { shellQuote } from '../../util/shell-quote.js';
import type { PlanOptions, QuantizeOptions } from './options.js';

/** A flag and what it was given; true for one without a value, undefined or false for one that was left out. */
export type Flag = readonly [name: string, value: string | number | boolean | undefined];

/**
 * `fastmamba <command> <model>` with the choices of quantizer and planner, and `more`, for a POSIX shell. `model` may be empty: the package's
 * own.
 */
export function commandLine(
  command: string,
  model: string,
  options: QuantizeOptions & Partial<PlanOptions>,
  more: readonly Flag[] = [],
): string {
  return withFlags(command, model, [...planFlags(options), ...quantizerFlags(options), ...more]);
}

/** The same for a command that plans nothing. */
export function commandLineUnplanned(
  command: string,
  model: string,
  options: QuantizeOptions,
  more: readonly Flag[] = [],
): string {
  return withFlags(command, model, [...quantizerFlags(options), ...more]);
}

const planFlags = (options: Partial<PlanOptions>): Flag[] => [
  ['--device', options.device && (isDeviceFile(options.device) ? basename(options.device) : options.device)],
  ['--preset', options.preset],
  ['--chunk', options.chunk],
  ['--for', options.for],
  ['--under', options.under && budgetText(options.under)],
];

function quantizerFlags(options: QuantizeOptions): Flag[] {
  return [
    ['--hadamard', options.hadamard],
    ['--nau', options.nau],
    ['--state-bits', options.stateBits],
    ['--weight-bits', options.weightBits],
    ['--norm-groups', options.normGroups],
    ['--calibration-tokens', options.calibrationTokens],
    ['--seed', options.seed],
  ];
}

function withFlags(command: string, model: string, flags: readonly Flag[]): string {
  const given = flags
    .filter(([, value]) => value !== undefined && value !== false)
    .flatMap(([flag, value]) => (value === true ? [flag] : [flag, shellQuote(`${value}`)]));
  return ['fastmamba', command, ...(model === '' ? [] : [shellQuote(model)]), ...given].join(' ');
}

const budgetText = (under: Partial<Resources>) =>
  Object.entries(under)
    .map(([kind, most]) => `${kind}=${most}`)
    .join(',');
