/** What ABC answered, read from the log. */
import { CheckFailed } from '../../errors.js';
import { jobName } from './script.js';

export interface Answer {
  /** proved: in all cycles; held: in the cycles that were looked at; refused: there is a counterexample; open: none of these. */
  readonly verdict: 'proved' | 'held' | 'refused' | 'open';
  /** Cycles that were looked at, or the one in which the counterexample ends. */
  readonly cycles: number;
  readonly seconds: number;
}

/** One answer a job. Throws CheckFailed where one is missing. */
export function readAnswers(log: string, jobs: number): Answer[] {
  const lines = log.split('\n').filter((line) => line.startsWith('ABC: '));
  return Array.from({ length: jobs }, (_, i) => {
    const from = lines.findIndex((line) => line.includes(`+ read_aiger ${jobName(i)}.aig`));
    const rest = lines.slice(from + 1);
    const to = rest.findIndex((line) => /\+ read_(aiger|blif) /.test(line));
    const answer = from < 0 ? null : readAnswer(rest.slice(0, to));
    if (!answer) throw new CheckFailed('ABC gave no answer');
    return answer;
  });
}

/** A refutation in any step counts; else the last step says how far it came. */
function readAnswer(lines: readonly string[]): Answer | null {
  const statuses = lines.flatMap((line) => {
    const found = /Status = *(-?\d+) +Frames = *(-?\d+)(?:.* Frame = *(\d+))?/.exec(line);
    return found ? [{ status: Number(found[1]), frames: Number(found[2]), at: Number(found[3] ?? 0) }] : [];
  });
  const last = statuses.at(-1);
  if (!last) return null;
  let seconds = 0;
  for (const line of lines) seconds += Number(/Time = *([\d.]+) sec/.exec(line)?.[1] ?? 0);
  const refuted = statuses.find(({ status }) => status === 0);
  if (refuted) return { verdict: 'refused', cycles: refuted.at, seconds };
  if (last.status === 1) return { verdict: 'proved', cycles: 0, seconds };
  const isBounded = lines.every((line) => !/\+ (pdr|ind)/.test(line));
  return { verdict: isBounded ? 'held' : 'open', cycles: last.frames + 1, seconds };
}
