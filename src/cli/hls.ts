/** `fastmamba hls`: the whole chain on one command, from a checkpoint to simulated C++. */
import type { Command } from 'commander';
import { count, rate } from '../report/table.js';
import type { HlsResult } from '../schema/hls.js';
import { findCompiler } from '../tools/cpp-compiler.js';
import { shellQuote } from '../util/shell-quote.js';
import type { ModelCsimResult } from '../verify/model-csim.js';
import type { WrittenProject } from '../verify/project.js';
import { chainFlags, csimStep, emitStep, quantizeAndPlan, requireEqual } from './support/chain.js';
import { addChainOptions, type ChainCommandOptions } from './support/chain-options.js';
import { commandLine } from './support/command-line.js';
import { findModel } from './support/model-folder.js';
import { printResult } from './support/output.js';
import { stepRunner } from './support/progress.js';
import type { Prepared } from './support/quantized.js';
import { saveResult } from './support/results.js';

export function addHls(program: Command): void {
  const command = program.command('hls').description('the whole chain: quantize, plan, emit, simulate');
  addChainOptions(command).action(hls);
}

async function hls(path: string | undefined, options: ChainCommandOptions): Promise<void> {
  const step = stepRunner(options);
  const request = { model: await findModel(path, options), options, seed: options.seed };
  const planned = await quantizeAndPlan(request, step);
  const project = await emitStep(planned, request, step);
  const found = await csimStep(project, step);
  const { name, output, artifact } = planned;
  const { plan } = project.planned;
  const { words, mismatches, seconds } = found;
  const csim = { words, mismatches, seconds };
  const result: HlsResult = { model: name, output, plan, csim, files: project.files };
  await saveResult(output, 'hls', {
    command: commandLine('hls', name, chainFlags(request)),
    plan: plan.digest,
    quantized: artifact.options,
    tool: (await findCompiler()).program,
    result,
  });
  printResult(options, result, () =>
    [made(planned, project, found), '', ...nextSteps(project, path)].join('\n'),
  );
  requireEqual(found);
}

/** What was made, where, how sure it is, and how fast it will be. */
function made(
  { name, artifact }: Prepared,
  { folder, files, planned }: WrittenProject,
  csim: ModelCsimResult,
) {
  const { plan } = planned;
  const { words, mismatches, seconds } = csim;
  const { used } = plan.resources;
  const prompt = plan.prefill[plan.prefill.length - 1];
  const verdict =
    mismatches === 0 ? 'all equal to the golden model' : `${mismatches} DIFFER from the golden model`;
  return `
${name} for ${plan.device.name} (${plan.device.part}, ${plan.device.clockMHz} MHz)

  quantized   ${artifact.path}
  project     ${folder} (${files.length} files)
  simulated   ${count(words)} words, ${verdict} (measured, ${seconds.toFixed(1)} s in the kernels)
  speed       ${rate(plan.decode.tokensPerSecond)} tokens/s decode, ${rate(prompt.tokensPerSecond)} tokens/s prefill of ${count(prompt.tokens)} (planned)
  area        ${count(used.dsp)} DSP, ${count(used.lut)} LUT, ${count(used.ff)} FF, ${count(used.bram36)} BRAM36 (planned)
`.trim();
}

function nextSteps({ folder }: WrittenProject, path = ''): string[] {
  const next = ['plan', 'eval --ablations', 'run --prompt "ROMEO:"'].map((command) =>
    `  npm run fastmamba -- ${command} ${path && shellQuote(path)}`.trimEnd(),
  );
  return ['Next:', ...next, `  less ${shellQuote(`${folder}/README.md`)}`];
}
