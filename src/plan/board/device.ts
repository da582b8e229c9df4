/** Devices as data: what a plan must fit in. Read from `devices/<name>.json`; adding a device is adding a file. */
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { validate } from '../../model/config/fields.js';
import { type TimingTarget, vc709Timing } from '../../schedule/target.js';
import { packagePath } from '../../util/package-path.js';
import { readJsonObject } from '../../util/text-file.js';

const MAX_DEVICE_BYTES = 1 << 20;

/** What a field must be: said in words for the whole of it, and by a schema. */
const expected = <T>(words: string, schema: z.ZodType<T, T>) =>
  z.custom<T>((v) => schema.safeParse(v).success, { error: words }).pipe(schema);
/** Goes into names of files and into scripts of tools. */
const word = (what: string) =>
  expected('letters, digits, dots and dashes', z.string().regex(/^[\w.-]{1,80}$/)).describe(what);
const line = (what: string) => expected('a line of text', z.string().regex(/^\P{C}{1,200}$/u)).describe(what);
const number = (what: string, min: number, max: number) =>
  expected(`a number from ${min} to ${max}`, z.number().min(min).max(max)).describe(what);
const count = (what: string, max: number, min = 1) =>
  expected(`an integer from ${min} to ${max}`, z.int().min(min).max(max)).describe(what);

export const deviceSchema = z.strictObject({
  name: word('name of the board'),
  part: word("the vendor's part number, as Vitis HLS and Vivado take it"),
  source: line('data sheets that the figures come from'),
  board: word(
    'folder in devices/ with the pins, clocks and memory modules of the board; absent where there is none',
  ).exactOptional(),
  speedGrade: expected('"-1" or "-2" or "-3"', z.enum(['-1', '-2', '-3'])).describe(
    'speed grade of the part',
  ),
  clockMHz: number('clock of the kernel, MHz', 1, 1000),
  lut: count('look-up tables', 1e8),
  ff: count('flip-flops', 1e8),
  dsp: count('DSP blocks', 1e6),
  dspKind: word('kind of DSP block'),
  dspWidths: expected(
    'two integers of at least 25 and 18',
    z.tuple([z.int().min(25), z.int().min(18)]),
  ).describe(
    'widths of the signed operands of a DSP block, bits: at least those of a DSP48E1, which the units are made for',
  ),
  bram36: count('block RAMs of 36 Kbit', 1e6),
  uram: count('blocks of UltraRAM; the units use none', 1e6, 0),
  // The least of each still lets a plan be timed: slower ones take the simulation minutes and the board days.
  memory: z.strictObject(
    {
      // Each has a port of the weights; a unit has no more than thirty of all kinds.
      channels: count('channels', 16),
      bitsPerTransfer: count('bits that a channel transfers at once', 4096, 16),
      megaTransfersPerSecond: number('million transfers a second of a channel', 200, 1e5),
      efficiency: number("share of the pins' rate that a long stream gets", 0.1, 1),
      latencyCycles: count('from request to first word, cycles of the kernel', 10_000),
    },
    { error: 'an object' },
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
