/**
 * Boards as data: what a whole Vivado project needs beyond the part, its clocks, pins and memory modules. Read from
 * `devices/<board>/board.json`; the file says where each of its facts was read.
 */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { packagePath } from '../../util/package-path.js';
import { amount, type Described, flag, size, text } from '../../util/schema-parts.js';
import type { Device } from './device.js';

const pin = z
  .string()
  .regex(/^[A-Z]{1,2}\d{1,2}$/)
  .describe('a pin of the package');
const pair = z.tuple([pin, pin]).describe('pins of a differential signal, P and N');
const source = text('where these facts were read');
const standard = text('standard of the pins');

/** Pins of a memory module by the signals of its controller, in order of their numbers. */
const MEMORY_SIGNALS = [
  'addr',
  'ba',
  'ras_n',
  'cas_n',
  'we_n',
  'cs_n',
  'cke',
  'odt',
  'reset_n',
  'ck_p',
  'ck_n',
  'dm',
  'dqs_p',
  'dqs_n',
  'dq',
] as const;
export type MemorySignal = (typeof MEMORY_SIGNALS)[number];

const clockSchema = z.strictObject({
  name: text('name of the port'),
  source,
  megahertz: amount('frequency, MHz'),
  pins: pair,
  standard,
});

const controllerSchema = z.strictObject({
  name: text('name of the controller'),
  socket: text('name of the socket on the board'),
  source,
  pins: z.record(z.enum(MEMORY_SIGNALS), z.array(pin)).describe('pins by signal'),
});

export const boardSchema = z.strictObject({
  name: text('name of the board'),
  source,
  boardPart: text("the vendor's name of the board, without a version"),
  configuration: z
    .strictObject({ CFGBVS: text('bank voltage select'), CONFIG_VOLTAGE: amount('volts') })
    .describe('properties of the configuration banks'),
  clocks: z
    .array(clockSchema)
    .describe('clocks of the board; the first is 200 MHz and refers the delays of the pins'),
  reset: z.strictObject({ source, pin, standard }).describe('a button, active high'),
  leds: z.strictObject({ source, pins: z.array(pin), standard }),
  pcie: z.strictObject({
    source,
    reset: z.strictObject({ pin, standard }).describe('PERST#'),
    referenceMegahertz: amount('reference clock, MHz'),
    referencePins: pair,
    block: text('which integrated block'),
    speed: text('of a lane, as the IP names it'),
    dataBits: size('width of its AXI interfaces'),
    megahertz: amount('clock of its AXI interfaces, MHz'),
    device: text('PCI device, hexadecimal'),
    lanes: z.array(
      z.strictObject({
        channel: text('transceiver'),
        rx: pair.describe('receives'),
        tx: pair.describe('sends'),
      }),
    ),
  }),
  memory: z.strictObject({
    source,
    part: text('module, as MIG names it'),
    bytes: size('bytes of a module'),
    rowBits: size('bits of a row address'),
    columnBits: size('bits of a column address'),
    bankBits: size('bits of a bank address'),
    voltage: text('of the module'),
    vccAuxIo: text('VCCAUX_IO'),
    dciCascade: flag('whether banks share their reference resistors'),
    axiBits: size("width of a controller's AXI interface"),
  }),
  controllers: z.array(controllerSchema),
});

/** A board. */
export type Board = Described<typeof boardSchema>;
/** One of its clocks. */
export type BoardClock = Described<typeof clockSchema>;
/** One of its memory controllers. */
export type BoardController = Described<typeof controllerSchema>;

/** The board that a device is on; null for a device of which nothing is known beyond its part. */
export function boardOf(device: Device): Board | null {
  if (device.board === undefined) return null;
  const file = packagePath('devices', device.board, 'board.json');
  return existsSync(file) ? boardSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}
