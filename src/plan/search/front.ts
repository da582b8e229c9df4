/** The Pareto front of a search: designs that no other one beats in speed at the same or less area. Estimates, corrected by what was counted. */

import type { Resources } from '../area/resources.js';
import type { Device } from '../board/device.js';
import type { FrontPoint } from '../plan-types.js';
import { type CountedShape, corrected, type RatedShape, type SearchResult, shareOf } from './search.js';

/** Points of a picture: more would lie on each other. */
const MOST_POINTS = 40;

/** The front, smallest design first; `chosen` is on it once, with its counted area instead of the estimate. */
export function frontOf(
  { designs, correction }: SearchResult,
  chosen: CountedShape,
  device: Device,
): FrontPoint[] {
  const point = (design: RatedShape, used: Resources, isChosen: boolean): FrontPoint & { merit: number } => {
    const { inProj, outProj, ssm, chunkTokens } = design.shape;
    const { decodeTokensPerSecond, prefillTokensPerSecond, merit } = design;
    return {
      shape: { inProj, outProj, ssm, chunkTokens },
      resources: rounded(used),
      areaShare: shareOf(used, { limit: device }),
      decodeTokensPerSecond,
      prefillTokensPerSecond,
      isChosen,
      merit,
    };
  };
  const chosenArrays = arraysOf(chosen);
  const all = designs
    .filter((design) => arraysOf(design) !== chosenArrays)
    .map((design) => point(design, corrected(design.estimate, correction), false))
    .filter(({ areaShare: share }) => share <= 1)
    .sort((a, b) => a.areaShare - b.areaShare || b.merit - a.merit);
  const front: typeof all = [];
  for (const candidate of all)
    if (candidate.merit > (front.at(-1)?.merit ?? 0) * (1 + 1e-3)) front.push(candidate);
  const every = Math.ceil(front.length / MOST_POINTS);
  const thinned = front.filter((_, i) => i % every === 0 || i === front.length - 1);
  const own = point(chosen, chosen.used, true);
  return [...thinned, own]
    .sort((a, b) => a.areaShare - b.areaShare || Number(a.isChosen) - Number(b.isChosen))
    .map(({ merit: _, ...rest }) => rest);
}

/** What a reader tells designs apart by. Products in LUTs are none of it: the chosen design had some moved there while it was counted. */
function arraysOf({ shape: { inProj, outProj, ssm, chunkTokens } }: RatedShape): string {
  return [inProj.rows, inProj.cols, outProj.rows, outProj.cols, ssm.rows, ssm.cols, chunkTokens].join(' ');
}

function rounded(used: Resources): Resources {
  return {
    lut: Math.round(used.lut),
    ff: Math.round(used.ff),
    dsp: Math.round(used.dsp),
    bram36: Math.round(used.bram36 * 2) / 2,
  };
}
