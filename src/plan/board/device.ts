/** Devices as data: what a plan must fit in. Read from `devices/<name>.json`; adding a device is adding a file. */
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { count, oneOf, validate } from '../../model/config/fields.js';
import { readJsonObject } from '../../model/file/text-file.js';
import { type TimingTarget, vc709Timing } from '../../schedule/target.js';
import { packagePath } from '../../util/package-path.js';

const MAX_DEVICE_BYTES = 1 << 20;

const text = (what: string, pattern: RegExp) =>
  z.custom<string>((v) => typeof v === 'string' && pattern.test(v), { error: what });
/** Goes into names of files and into scripts of tools. */
const word = () => text('letters, digits, dots and dashes', /^[\w.-]{1,80}$/);
const line = () => text('a line of text', /^\P{C}{1,200}$/u);
const number = (min: number, max: number) =>
  z.custom<number>((v) => typeof v === 'number' && v >= min && v <= max, {
    error: `a number from ${min} to ${max}`,
  });
const object = { error: 'an object' };

const deviceSchema = z.strictObject({
  name: word(),
  /** Vendor part number, as Vitis HLS and Vivado take it. */
  part: word(),
  /** Data sheets the figures come from. */
  source: line(),
  speedGrade: oneOf('-1', '-2', '-3'),
  clockMHz: number(1, 1000),
  lut: count(1e8),
  ff: count(1e8),
  dsp: count(1e6),
  dspKind: word(),
  /** Signed operand widths of a DSP block: at least those of a DSP48E1, which the units are made for. */
  dspWidths: z.custom<[number, number]>(
    (v) => Array.isArray(v) && v.length === 2 && v.every(Number.isSafeInteger) && v[0] >= 25 && v[1] >= 18,
    { error: 'two integers of at least 25 and 18' },
  ),
  bram36: count(1e6),
  /** Blocks of UltraRAM; the units use none. */
  uram: count(1e6, 0),
  /** The least of each still lets a plan be timed: slower ones take the simulation minutes and the board days. */
  memory: z.strictObject(
    {
      /** Each has a port of the weights; a unit has no more than thirty of all kinds. */
      channels: count(16),
      bitsPerTransfer: count(4096, 16),
      megaTransfersPerSecond: number(200, 1e5),
      /** Share of the pins' rate that a long stream gets. */
      efficiency: number(0.1, 1),
      /** From request to first word, in kernel cycles. */
      latencyCycles: count(10_000),
    },
    object,
  ),
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

/** Whether `device` is the path of a file rather than a name. */
export function isDeviceFile(device: string): boolean {
  return device.endsWith('.json') || basename(device) !== device;
}

/**
 * Reads a device: a name in `devices/`, or the path of a file of one's own. Throws UserError naming the known ones, or the
 * field that is wrong.
 */
export async function loadDevice(device: string): Promise<Device> {
  if (isDeviceFile(device)) return readDevice(device);
  const folder = packagePath('devices');
  const known = (await readdir(folder)).filter((f) => f.endsWith('.json')).map((f) => f.slice(0, -5));
  if (!known.includes(device))
    throw new UserError(
      `--device ${device}: not known; expected ${known.sort().join(', ')} or the path of a .json file`,
    );
  return readDevice(packagePath('devices', `${device}.json`));
}

async function readDevice(path: string): Promise<Device> {
  const json = await readJsonObject(path, MAX_DEVICE_BYTES);
  return validate(deviceSchema, json, path, 'a field that devices do not have');
}
