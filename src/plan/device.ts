/** Devices as data: what a plan must fit in. Read from `devices/<name>.json`; adding a device is adding a file. */
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { parseLenientJsonObject } from '../model/lenient-json.js';
import { readTextFile } from '../model/random-access-file.js';
import { type TimingTarget, vc709Timing } from '../schedule/target.js';
import { packagePath } from '../util/package-path.js';

const MAX_BYTES = 1 << 20;

const deviceSchema = z.strictObject({
  name: z.string(),
  /** Vendor part number, as Vitis HLS and Vivado take it. */
  part: z.string(),
  /** Data sheets the figures come from. */
  source: z.string(),
  speedGrade: z.enum(['-1', '-2', '-3']),
  clockMHz: z.number().positive(),
  lut: z.int().positive(),
  ff: z.int().positive(),
  dsp: z.int().positive(),
  dspKind: z.string(),
  /** Signed operand widths of a DSP block: at least those of a DSP48E1, which the units are made for. */
  dspWidths: z.tuple([z.int().min(25), z.int().min(18)]),
  bram36: z.int().positive(),
  /** Blocks of UltraRAM; the units use none. */
  uram: z.int().nonnegative(),
  memory: z.strictObject({
    channels: z.int().positive(),
    bitsPerTransfer: z.int().positive(),
    megaTransfersPerSecond: z.number().positive(),
    /** Share of the pins' rate that a long stream gets. */
    efficiency: z.number().positive().max(1),
    /** From request to first word, in kernel cycles. */
    latencyCycles: z.int().positive(),
  }),
});

/** An FPGA board: what the part has, its clock, its memory. */
export type Device = Readonly<z.infer<typeof deviceSchema>>;

/** Bytes that one memory channel delivers in a kernel cycle at the pins. */
export function channelBytesPerCycle(device: Device): number {
  const { bitsPerTransfer, megaTransfersPerSecond } = device.memory;
  return ((bitsPerTransfer / 8) * megaTransfersPerSecond) / device.clockMHz;
}

/** What schedules for a device keep: its clock and speed grade. Delays are those of the 7 series whatever the device. */
export function targetOf({ clockMHz, speedGrade }: Device): TimingTarget {
  return { ...vc709Timing, clockNs: 1000 / clockMHz, grade: speedGrade };
}

/**
 * Reads a device: a file of one's own where `name` ends in `.json`, else `devices/<name>.json` of this package. Throws UserError naming the known
 * devices, or the field that is wrong.
 */
export async function loadDevice(name: string): Promise<Device> {
  const isFile = name.endsWith('.json');
  const folder = packagePath('devices');
  const known = (await readdir(folder)).filter((f) => f.endsWith('.json')).map((f) => f.slice(0, -5));
  if (!isFile && !known.includes(name))
    throw new UserError(
      `--device ${name}: not known; expected ${known.sort().join(', ')}, or a .json file of your own`,
    );
  const path = isFile ? name : packagePath('devices', `${name}.json`);
  const shown = isFile ? name : `devices/${name}.json`;
  const parsed = deviceSchema.safeParse(parseLenientJsonObject(await readTextFile(path, MAX_BYTES), shown));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new UserError(`${shown}: ${field}${issue.message}`);
}
