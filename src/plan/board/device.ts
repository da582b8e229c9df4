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

/** A time of a data sheet: at least so many clocks of the memory, and at least so many nanoseconds. */
const time = (what: string) =>
  z
    .strictObject(
      { clocks: count('clocks of the memory', 1000, 0), ns: number('nanoseconds', 0, 1e5) },
      { error: 'an object of clocks and ns' },
    )
    .describe(what);

/** Constraints of the memory, by the names of the data sheets (JEDEC JESD79-3F). */
const timings = {
  CL: time('from a read to its first word'),
  CWL: time('from a write to its first word'),
  tRCD: time('from an activate to a read or write of the row'),
  tRP: time('from a precharge to an activate of the bank'),
  tRAS: time('from an activate to a precharge of the bank'),
  tRC: time('from an activate to the next one of the bank'),
  tRRD: time('from an activate to one of another bank'),
  tFAW: time('in which there are four activates at most'),
  tCCD: time('from a read to a read, or a write to a write'),
  tWTR: time('from the last word of a write to a read'),
  tRTW: time('from a read to a write'),
  tWR: time('from the last word of a write to a precharge of the bank'),
  tRTP: time('from a read to a precharge of the bank'),
  tRFC: time('from a refresh to an activate'),
  tREFI: time('from a refresh to the next one, at most'),
};

export type TimingName = keyof typeof timings;
export const TIMINGS = Object.keys(timings) as TimingName[];

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
  shell: z
    .strictObject(
      {
        source: line('where the figures come from'),
        lut: count('look-up tables', 1e8, 0),
        ff: count('flip-flops', 1e8, 0),
        dsp: count('DSP blocks', 1e6, 0),
        bram36: number('block RAMs of 36 Kbit', 0, 1e6),
      },
      { error: 'an object' },
    )
    .describe(
      'what the board has beside the kernel: memory controllers, PCIe, interconnect, clock crossings; absent where no figures are known',
    )
    .exactOptional(),
  // The least of each still lets a plan be timed: slower ones take the simulation minutes and the board days.
  memory: z.strictObject(
    {
      // Each has a port of the weights; a unit has no more than thirty of all kinds.
      channels: count('channels', 16),
      bitsPerTransfer: count('bits that a channel transfers at once', 4096, 16),
      megaTransfersPerSecond: number('million transfers a second of a channel', 200, 1e5),
      latencyCycles: count(
        'from a port to the memory controller and back, without the time of the memory itself, cycles of the kernel',
        10_000,
      ),
      banks: count('banks of a channel', 64),
      rows: count('rows of a bank', 2 ** 24),
      columns: count('words of a row, each of bitsPerTransfer', 2 ** 16, 8),
      timing: z
        .strictObject(timings, { error: 'an object' })
        .refine(({ tRFC, tREFI }) => tREFI.ns >= 4 * tRFC.ns, {
          error: 'at least four times tRFC',
          path: ['tREFI'],
        })
        .describe('constraints of the data sheet'),
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
