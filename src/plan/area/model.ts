/**
 * From structure to area: counted features times coefficients that were fitted to synthesized units (devices/area/xc7.json, made by
 * `npm run fit:area`), and what is exact. Planned figures, never to be mixed with synthesized ones.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { packagePath } from '../../util/package-path.js';
import { text } from '../../util/schema-parts.js';
import type { Resources } from './resources.js';
import type { UnitKind, UnitStructure } from './structure.js';

const coefficients = z.record(z.string(), z.number().nonnegative());
export const areaModelSchema = z.strictObject({
  tool: z
    .strictObject({ kind: text('name'), version: text('version') })
    .describe('which synthesis the coefficients were fitted to'),
  kinds: z
    .record(z.string(), z.strictObject({ lut: coefficients, ff: coefficients }))
    .describe('look-up tables and flip-flops a unit of a feature: by kind of unit, then by feature'),
  families: z
    .record(z.string(), z.strictObject({ lut: z.number(), ff: z.number() }))
    .describe("factor by which processes of a family differ from the common model, by the unit's name"),
});

export type AreaModel = Readonly<z.infer<typeof areaModelSchema>>;

let loaded: AreaModel | undefined;

/** The fitted model of the 7 series. */
export function areaModel(): AreaModel {
  loaded ??= areaModelSchema.parse(
    JSON.parse(readFileSync(packagePath('devices', 'area', 'xc7.json'), 'utf8')),
  );
  return loaded;
}

/** Area of a unit. */
export function unitArea(unit: UnitStructure, model: AreaModel = areaModel()): Resources {
  const { exact, kind } = unit;
  const factor = kind === 'process' ? (model.families[familyOf(unit)] ?? plain) : plain;
  return {
    lut: Math.round(exact.tables + factor.lut * counted(unit, 'lut', model)),
    ff: Math.round(factor.ff * counted(unit, 'ff', model)),
    dsp: exact.dsp,
    bram36: exact.bram36,
  };
}

const plain = { lut: 1, ff: 1 };

/** From so many block RAMs on, what chooses between them is a good part of a buffer. */
const DEEP_BLOCKS = 8;

/**
 * Processes that are built alike: one name of a unit, and of processes the first word of their own; after `nau`, `read`, `replay` and `turn` the second
 * tells them apart, in the transforms the third. Those with words so wide that rows of registers steer them are apart from the others, and so
 * are transforms with a memory and memories of many block RAMs.
 */
export function familyOf({ unit, name, features, exact }: Omit<UnitStructure, 'kind'>): string {
  const words = name.split('_');
  const count = words[0] === 'hat' ? 3 : ['nau', 'read', 'replay', 'turn'].includes(words[0]) ? 2 : 1;
  const kinds = [
    ...(words[0] === 'hat' && features.ffMemory !== undefined ? ['memory'] : []),
    ...(features.ffRows ? ['wide'] : []),
    ...(exact.bram36 > DEEP_BLOCKS ? ['deep'] : []),
  ];
  return [`${unit}: ${words.slice(0, count).join('_')}`, ...kinds].join(', ');
}

/** Features times coefficients; those of a master's buffer go by the coefficients of such a FIFO. */
export function counted(
  unit: UnitStructure,
  resource: 'lut' | 'ff',
  model: Pick<AreaModel, 'kinds'>,
): number {
  let sum = 0;
  for (const [feature, count] of Object.entries(unit.features)) {
    const [kind, name] = feature.includes(' ')
      ? (feature.split(' ') as [UnitKind, string])
      : [unit.kind, feature];
    sum += count * (model.kinds[kind]?.[resource][name] ?? 0);
  }
  return sum;
}
