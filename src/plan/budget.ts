/** What a plan may use of a device, and what it lacks. */
import { noResources, type Resources } from './area/resources.js';
import type { Device } from './board/device.js';

/** Share of each resource of a device that kernel and shell may use: what the paper's own design uses of it (334,784 of 433,200 LUT). */
export const DEVICE_MARGIN = { dsp: 0.925, lut: 0.7728, ff: 0.85, bram36: 0.65 } as const;

/** Whether the margins have room for the board's shell, or the kernel may take all of them. */
export const SHELL_CHOICES = ['counted', 'none'] as const;
export type ShellChoice = (typeof SHELL_CHOICES)[number];

/** What the board takes beside the kernel; null where that is not counted or not known. */
export function shellOf({ shell }: Device, choice: ShellChoice = 'counted'): Resources | null {
  if (shell === undefined || choice === 'none') return null;
  const { source: _, ...area } = shell;
  return area;
}

/** What the kernel may use of a device: what the shell leaves of the margins. */
export function budgetOf(device: Device, choice: ShellChoice = 'counted'): Resources {
  const shell = shellOf(device, choice) ?? noResources;
  const left = (kind: keyof Resources) =>
    Math.max(0, Math.floor(device[kind] * DEVICE_MARGIN[kind]) - shell[kind]);
  return { lut: left('lut'), ff: left('ff'), dsp: left('dsp'), bram36: left('bram36') };
}

/** Names of the resources of which more is used than there is. */
export function shortOf(used: Resources, limit: Resources): (keyof Resources)[] {
  return (['lut', 'ff', 'dsp', 'bram36'] as const).filter((kind) => used[kind] > limit[kind]);
}
