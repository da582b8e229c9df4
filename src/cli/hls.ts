/** `fastmamba hls`: the whole chain on one command, from a checkpoint to simulated C++. */
import type { Command } from 'commander';
import type { Plan } from '../plan/plan-types.js';
import { count, rate } from '../report/table.js';
import type { HlsResult } from '../schema/hls.js';
import { findCompiler } from '../tools/cpp-compiler.js';
import { shellQuote } from '../util/shell-quote.js';
import {
  type Chain,
  type ChainOptions,
  csimStep,
  emitStep,
  planSteps,
  requireEqual,
} from './support/chain.js';
import { commandLine } from './support/command-line.js';
import { findModel } from './support/model-folder.js';
import { addModelOptions, addPlanOptions, addQuantOptions } from './support/options.js';
import { printResult } from './support/output.js';
import { runSteps } from './support/progress.js';
import { saveResult } from './support/results.js';

export function addHls(program: Command): void {
  const command = program.command('hls').description('the whole chain: quantize, plan, emit, simulate');
  addPlanOptions(addQuantOptions(addModelOptions(command))).action(hls);
}

async function hls(path: string | undefined, options: ChainOptions): Promise<void> {
  const model = await findModel(path, options);
  const chain: Chain = {};
  await runSteps([...planSteps(model, options, chain), emitStep(options, chain), csimStep(chain)], options);
  const { name, output, artifact } = chain.prepared!;
  const { plan } = chain.planned!;
  const { words, mismatches, seconds } = chain.csim!;
  const csim = { words, mismatches, seconds };
  const result: HlsResult = { model: name, output, plan, csim, files: chain.files! };
  await saveResult(output, 'hls', {
    command: commandLine('hls', name, options),
    plan: plan.digest,
    quantized: artifact.options,
    tool: (await findCompiler()).program,
    result,
  });
  printResult(options, result, () => summary(chain, plan, path));
  requireEqual(chain.csim!);
}

/** What was made, where, how sure it is, how fast it will be, and what to do next. */
function summary({ prepared, project, files, csim }: Chain, plan: Plan, path = ''): string {
  const { name, artifact } = prepared!;
  const { words, mismatches, seconds } = csim!;
  const { used } = plan.resources;
  const prompt = plan.prefill.at(-1)!;
  const verdict =
    mismatches === 0 ? 'all equal to the golden model' : `${mismatches} DIFFER from the golden model`;
  const next = ['plan', 'eval --ablations', 'run --prompt "ROMEO:"'].map(
    (command) => `npm run fastmamba -- ${command} ${path && shellQuote(path)}`,
  );
  return `
${name} for ${plan.device.name} (${plan.device.part}, ${plan.device.clockMHz} MHz)

  quantized   ${artifact.path}
  project     ${project} (${files!.length} files)
  simulated   ${count(words)} words, ${verdict} (measured, ${seconds.toFixed(1)} s in the kernels)
  speed       ${rate(plan.decode.tokensPerSecond)} tokens/s decode, ${rate(prompt.tokensPerSecond)} tokens/s prefill of ${count(prompt.tokens)} (planned)
  area        ${count(used.dsp)} DSP, ${count(used.lut)} LUT, ${count(used.ff)} FF, ${count(used.bram36)} BRAM36 (planned)

Next:
${next.map((line) => `  ${line.trimEnd()}`).join('\n')}
  less ${shellQuote(`${project}/README.md`)}
`.trim();
}
