/** Devices as data: what a plan must fit in. Read from `devices/<name>.json`; adding a device is adding a file. */
import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { type TimingTarget, vc709Timing } from '../schedule/target.js';
import { packagePath } from '../util/package-path.js';
import { count, size, text } from '../util/schema-parts.js';

export const deviceSchema = z.strictObject({
  name: text('name, that of the file'),
  part: text("the vendor's part number, as Vitis HLS and Vivado take it"),
  source: text('data sheets that the figures come from'),
  speedGrade: z.enum(['-1', '-2', '-3']).describe('speed grade of the part'),
  clockMHz: z.number().positive().describe('clock of the kernel, MHz'),
  lut: size('look-up tables'),
  ff: size('flip-flops'),
  dsp: size('DSP blocks'),
  dspKind: text('kind of DSP block'),
  dspWidths: z
    .tuple([z.int().min(25), z.int().min(18)])
    .describe('widths of the signed operands of a DSP block, bits: at least those of a DSP48E1'),
  bram36: size('block RAMs of 36 Kbit'),
  uram: count('blocks of UltraRAM; the units use none'),
  memory: z.strictObject({
    channels: size('channels'),
    bitsPerTransfer: size('bits that a channel transfers at once'),
    megaTransfersPerSecond: z.number().positive().describe('million transfers a second of a channel'),
    efficiency: z.number().positive().max(1).describe("share of the pins' rate that a long stream gets"),
    latencyCycles: size('from request to first word, cycles of the kernel'),
  }),
});

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

/** Reads a device by name. Throws UserError naming the known ones. */
export async function loadDevice(name: string): Promise<Device> {
  const folder = packagePath('devices');
  const known = (await readdir(folder)).filter((f) => f.endsWith('.json')).map((f) => f.slice(0, -5));
  if (!known.includes(name))
    throw new UserError(`--device ${name}: not known; expected ${known.sort().join(', ')}`);
  const parsed = deviceSchema.safeParse(
    JSON.parse(await readFile(packagePath('devices', `${name}.json`), 'utf8')),
  );
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(`devices/${name}.json: ${issue.path.join('.')}: ${issue.message}`);
}
