/** Fits the area model to synthesized units: one set of coefficients a kind of unit, and a factor for families that it does not describe. */
import { expectedCosts } from './expected.js';
import { fitCoefficients } from './fit.js';
import { type AreaModel, counted, familyOf, unitArea } from './model.js';
import type { UnitKind, UnitStructure } from './structure.js';

/** A distinct unit as it was synthesized. */
export interface AreaRow extends UnitStructure {
  /** How often each plan has it. */
  readonly counts: Readonly<Record<string, number>>;
  readonly synthesized: {
    readonly lut: number;
    readonly ff: number;
    readonly dsp: number;
    readonly bram36: number;
  };
  /** Its longest stage, estimated, and the pins of the net with the most of them. */
  readonly timing: { readonly ns: number; readonly loads: number };
}

/** Errors up to this are of no weight: a few gates of control in a unit of fifty. The device has 433,200 LUTs. */
export const FLOOR = { lut: 24, ff: 24, dsp: 0, bram36: 0.5 } as const;
/** A unit this small counts as if it were of this size, so that its floor is a tenth of it. */
const floorSize = 240;
/** Of smaller ones a share says little: the floor is half of them. */
const smallSize = 48;
/** A family whose worst row is further off than this gets a factor of its own. */
const familyError = 0.06;

/** The model of `rows`. `tool`: which synthesis they are of. */
export function fitModel(rows: readonly AreaRow[], tool: AreaModel['tool']): AreaModel {
  const kinds: Record<string, { lut: Record<string, number>; ff: Record<string, number> }> = {};
  // FIFOs are fitted before the masters, which have some inside.
  for (const kind of Object.keys(expectedCosts) as UnitKind[]) {
    const own = rows.filter((row) => row.kind === kind);
    const fitted = (resource: 'lut' | 'ff') =>
      fitCoefficients(
        Object.keys(expectedCosts[kind][resource]),
        own.map((row) => ({
          features: row.features,
          found: row.synthesized[resource],
          known: (resource === 'lut' ? row.exact.tables : 0) + counted(row, resource, { kinds }),
        })),
        { floor: floorSize, expected: expectedCosts[kind][resource] },
      );
    const both = { lut: fitted('lut'), ff: fitted('ff') };
    kinds[kind] = both;
  }
  const common: AreaModel = { tool, kinds, families: {} };
  return { ...common, families: familyFactors(rows, common) };
}

function familyFactors(rows: readonly AreaRow[], common: AreaModel): AreaModel['families'] {
  const families = new Map<string, AreaRow[]>();
  for (const row of rows.filter(({ kind }) => kind === 'process')) {
    const name = familyOf(row);
    families.set(name, [...(families.get(name) ?? []), row]);
  }
  const factors: Record<string, { lut: number; ff: number }> = {};
  for (const [name, own] of [...families].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const both = { lut: factorOf(own, 'lut', common), ff: factorOf(own, 'ff', common) };
    if (both.lut !== 1 || both.ff !== 1) factors[name] = both;
  }
  return factors;
}

/** In the middle between the smallest and the largest share by which the family differs; 1 where it is not far off. */
function factorOf(rows: readonly AreaRow[], resource: 'lut' | 'ff', common: AreaModel): number {
  const shares = rows.flatMap((row) => {
    const model = counted(row, resource, common);
    const found = row.synthesized[resource] - (resource === 'lut' ? row.exact.tables : 0);
    const isFar = Math.abs(unitArea(row, common)[resource] - row.synthesized[resource]) > FLOOR[resource];
    return model > 0 ? [{ share: found / model, size: row.synthesized[resource], isFar }] : [];
  });
  const worst = Math.max(0, ...shares.map(({ share, isFar }) => (isFar ? Math.abs(share - 1) : 0)));
  if (worst <= familyError) return 1;
  // What the floor allows anyway says little of a share.
  const large = [floorSize, smallSize, 0].map((least) => shares.filter(({ size }) => size >= least));
  const own = large.find((rows) => rows.length > 0)!.map(({ share }) => share);
  return Number(Math.sqrt(Math.min(...own) * Math.max(...own)).toPrecision(3));
}
