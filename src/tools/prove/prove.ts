/**
 * Runs proofs: a few jobs a process, two processes at a time, with the npm package's Yosys and the ABC in it, so that a proof goes the same way on
 * every machine. Answers are kept by content.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckFailed } from '../../errors.js';
import { cached } from '../../util/content-cache.js';
import { addTemporary, dropTemporary } from '../../util/temporary.js';
import { writeText } from '../../util/write-error.js';
import { runYosys } from '../yosys/yosys.js';
import { type FoundYosys, findYosys } from '../yosys/yosys-find.js';
import { type Answer, readAnswers } from './answer.js';
import type { ProofJob } from './job.js';
import { jobName, proofScript } from './script.js';

/** A job with what came of it. */
export interface Proved extends Answer {
  readonly job: ProofJob;
}

/** Whether a proof went through, or a broken copy did not. */
export function isRight({ job, verdict }: Proved): boolean {
  if (job.mutant !== null) return verdict === 'refused';
  return verdict === ('cycles' in job.method ? 'held' : 'proved');
}

/** What a run costs whatever it proves is shared by so many jobs. */
const JOBS_A_RUN = 3;
const RUNS_AT_A_TIME = 2;
const TIMEOUT_SECONDS = 900;

/**
 * Answers in the order of the jobs. `tell` hears how many are known. Throws ToolMissing without the npm package, CheckFailed where Yosys
 * refuses a text or an answer does not come.
 */
export async function prove(
  jobs: readonly ProofJob[],
  tell: (line: string) => void = () => {},
): Promise<Proved[]> {
  const tool = await findYosys('yowasp');
  const proved: Proved[] = new Array(jobs.length);
  const waiting: (readonly [first: number, batch: readonly ProofJob[]])[] = [];
  for (let i = 0; i < jobs.length; ) {
    const { proof } = jobs[i];
    const batch = jobs.slice(i, i + JOBS_A_RUN).filter((job) => job.proof === proof);
    waiting.push([i, batch]);
    i += batch.length;
  }
  let known = 0;
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [first, batch] = next;
      const answers = await answersOf(batch, tool);
      answers.forEach((answer, i) => {
        proved[first + i] = { job: batch[i], ...answer };
      });
      known += batch.length;
      tell(`${known} of ${jobs.length} proofs and mutants`);
    }
  };
  await Promise.all(Array.from({ length: RUNS_AT_A_TIME }, worker));
  return proved;
}

async function answersOf(jobs: readonly ProofJob[], tool: FoundYosys): Promise<Answer[]> {
  const script = proofScript(jobs);
  const input = [tool.version, script, ...jobs.map(({ text }) => text)];
  const kept = await cached({ kind: 'proofs', input, extension: '.json' }, async (path) => {
    writeText(path, JSON.stringify(await answersOfYosys(jobs, script, tool)));
  });
  return JSON.parse(readFileSync(kept, 'utf8')) as Answer[];
}

async function answersOfYosys(
  jobs: readonly ProofJob[],
  script: string,
  tool: FoundYosys,
): Promise<Answer[]> {
  const folder = addTemporary(mkdtempSync(join(tmpdir(), 'fastmamba-proof-')));
  try {
    const inputs = jobs.map((_, i) => `${jobName(i)}.sv`);
    jobs.forEach(({ text }, i) => {
      writeText(join(folder, inputs[i]), text);
    });
    const { log } = await runYosys({
      ...{ script, folder, inputs, tool },
      outputs: [],
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    return readAnswers(readFileSync(log, 'utf8'), jobs.length);
  } catch (error) {
    const [{ proof }] = jobs;
    throw error instanceof CheckFailed
      ? new CheckFailed(`proof of ${proof.name}: ${error.message.split('\n')[0]}`)
      : error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    dropTemporary(folder);
  }
}
