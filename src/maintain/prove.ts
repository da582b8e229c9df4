/**
 * `npm run prove`: what rtl/proof says of the RTL library and of the control registers is proved, and broken copies are refused. Prints a table;
 * exit code 1 where a proof does not go through or a broken copy does.
 */
import { parseArgs } from 'node:util';
import { reportStyle, table } from '../report/table.js';
import { jobsOf } from '../tools/prove/job.js';
import { readProofFiles } from '../tools/prove/proof-file.js';
import { isRight, type Proved, prove } from '../tools/prove/prove.js';
import { emittedForProofs } from './proof-network.js';
import { badUsage, runMain, tell } from './run-main.js';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const files = readProofFiles().filter(({ name }) => values.only === undefined || name === values.only);
  if (files.length === 0) {
    const names = readProofFiles().map(({ name }) => name);
    return badUsage(`npm run prove [-- --only ${names.join('|')}]`);
  }
  const emitted = emittedForProofs();
  const jobs = files.flatMap((file) => jobsOf(file, emitted));
  const proved = await prove(jobs, tell);
  process.stdout.write(`${table(columns, proved.map(row), reportStyle())}\n`);
  const wrong = proved.filter((one) => !isRight(one));
  const mutants = jobs.filter(({ mutant }) => mutant !== null).length;
  process.stdout.write(
    wrong.length === 0
      ? `${jobs.length - mutants} proofs hold, ${mutants} broken copies are refused.\n`
      : `${wrong.length} of ${jobs.length} are not as they must be.\n`,
  );
  return wrong.length === 0 ? 0 : 1;
}

const columns = [
  ...[{ head: 'proof' }, { head: 'parameters' }, { head: 'what' }, { head: 'how' }, { head: 'answer' }],
  { head: 's', align: 'right' as const },
];

function row(one: Proved): string[] {
  const { job, verdict, cycles, seconds } = one;
  const { proof, parameters, method, mutant } = job;
  const how =
    mutant !== null
      ? 'bounded'
      : 'induction' in method
        ? `induction over ${method.induction}`
        : 'cycles' in method
          ? 'bounded'
          : 'reachability';
  const answers = {
    proved: 'unbounded',
    held: `${cycles} cycles`,
    refused: `refused in cycle ${cycles}`,
    open: `open after ${cycles} cycles`,
  };
  return [
    proof.name,
    Object.values(parameters).join(' '),
    mutant === null ? proof.says : `broken: ${mutant}`,
    how,
    `${answers[verdict]}${isRight(one) ? '' : '  WRONG'}`,
    seconds.toFixed(1),
  ];
}

await runMain(main);
