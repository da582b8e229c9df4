/** The choices of the planner, and the request that they make. */
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { planFor } from '../../library/plan-for.js';
import type { Resources } from '../../plan/area/resources.js';
import { isDeviceFile, loadDevice } from '../../plan/board/device.js';
import { SHELL_CHOICES, type ShellChoice } from '../../plan/budget.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import type { PlanRequest } from '../../plan/plan-request.js';
import { PRESETS, type Preset } from '../../plan/search/presets.js';
import { PURPOSES, type Purpose } from '../../plan/search/workload.js';
import { MAX_TOKENS } from '../../plan/shape/shape-limits.js';
import type { Flag } from './command-line.js';
import { integer } from './options.js';
import type { PlanModel } from './plan-model.js';

/** Which accelerator to plan. */
export interface PlanOptions {
  readonly device: string;
  readonly preset: Preset;
  readonly chunk?: number;
  /** What `auto` shall be fast at. */
  readonly for?: Purpose;
  /** Less of the device than the planner's margins. */
  readonly under?: Partial<Resources>;
  /** Whether the planner's margins have room for the board's shell. */
  readonly shell: ShellChoice;
}

/** Adds them. */
export function addPlanOptions(command: Command): Command {
  return command
    .option('--device <name>', 'FPGA board: a name or the path of a .json file', 'vc709')
    .addOption(
      new Option('--preset <name>', 'the fastest that fits, the one of the paper, or one with few lanes')
        .choices(PRESETS)
        .default('auto'),
    )
    .option('--chunk <tokens>', 'tokens a chunk (default: by preset)', integer(1, MAX_TOKENS))
    .addOption(
      new Option('--for <purpose>', 'what preset auto shall be fast at (default: both)').choices(PURPOSES),
    )
    .option(
      '--under <kind=n,...>',
      'what preset auto may use of lut, ff, dsp and bram36 (default: most of the device)',
      budget,
    )
    .addOption(
      new Option(
        '--shell <choice>',
        "leave room for the board's memory controllers, PCIe and interconnect, or give the kernel all of the margins",
      )
        .choices(SHELL_CHOICES)
        .default('counted'),
    );
}

/**
 * Plans for a model. Throws UserError for a device, a size or an option that the hardware cannot have, CheckFailed for a clock that is too fast
 * for it.
 */
export async function planAsAsked(
  { name, config, options }: PlanModel,
  { device, preset, chunk, for: purpose, under, shell }: PlanOptions,
  lengths: Pick<PlanRequest, 'prefillTokens' | 'sequences'> = {},
): Promise<PlannedAccelerator> {
  const request = { name, preset, chunkTokens: chunk, purpose, limit: under, shell, ...lengths };
  return planFor({ config, options }, await loadDevice(device), request);
}

const KINDS = ['lut', 'ff', 'dsp', 'bram36'] as const;

/** Parser of a budget: `dsp=2000,lut=150000`. */
function budget(text: string): Partial<Resources> {
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

/** What was given, for the command that repeats the run; of a device's file the name alone. */
export function planFlags({ device, preset, chunk, for: purpose, under, shell }: PlanOptions): Flag[] {
  return [
    ['--device', isDeviceFile(device) ? basename(device) : device],
    ['--preset', preset],
    ['--chunk', chunk],
    ['--for', purpose],
    ['--under', under && budgetText(under)],
    ['--shell', shell === 'counted' ? undefined : shell],
  ];
}

const budgetText = (under: Partial<Resources>) =>
  Object.entries(under)
    .map(([kind, most]) => `${kind}=${most}`)
    .join(',');
