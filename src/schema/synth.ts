/** What `synth --json` prints. */
import { z } from 'zod';
import { resourcesSchema } from '../plan/plan-types.js';
import { amount, count, type Described, size, text } from '../util/schema-parts.js';

const area = {
  lut: amount('look-up tables, those used as memory included'),
  ff: amount('flip-flops'),
  dsp: amount('DSP48E1 blocks'),
  bram36: amount('block RAMs of 36 Kbit; a half is one of 18 Kbit'),
  lutram: amount('look-up tables used as memory'),
  carry4: amount('carry chains of four bits'),
  ramb18: amount('block RAMs of 18 Kbit'),
  ramb36: amount('block RAMs of 36 Kbit'),
};
const areaSchema = z.strictObject(area);

const unitSchema = z.strictObject({
  name: text('name of the instance'),
  count: size('instances that are alike'),
  ...area,
  levels: count('levels of logic on the longest path between registers').nullable(),
  ns: amount('longest path between registers, ns, estimated from cells').nullable(),
  plannedNs: amount('longest stage, ns, as scheduled').nullable(),
  budgetNs: amount('ns that a stage may take'),
  loads: count('input pins that the net with the most of them drives, clocks aside').nullable(),
  module: text('module of the RTL'),
  unit: text("the paper's name of the unit, or a plain word"),
  planned: resourcesSchema.nullable().describe('what the plan counted, where it did'),
});

export const synthSchema = z.strictObject({
  tool: text('what synthesized'),
  units: z.array(unitSchema).describe('figures of one instance each'),
  total: z
    .strictObject({ ...area, levels: count('levels of logic on the longest path of all units') })
    .describe('all instances'),
  device: z.strictObject({
    name: text('board'),
    part: text("the vendor's part number"),
    lut: count('look-up tables'),
    ff: count('flip-flops'),
    dsp: count('DSP blocks'),
    bram36: count('block RAMs of 36 Kbit'),
  }),
  version: text('version of the tool'),
  preset: text('preset of the planner'),
  warnings: z.array(z.string()).describe('what the tool could not do'),
});

/** Area of a unit or of all of them. */
export type AreaFigures = Described<typeof areaSchema>;
/** One instance of a unit. */
export type UnitFigures = Described<typeof unitSchema>;
export type SynthFigures = Described<typeof synthSchema>;
