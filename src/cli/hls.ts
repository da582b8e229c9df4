/** `fastmamba hls`: the whole chain on one command, from a checkpoint to simulated C++. */
import type { Command } from 'commander';
import type { Plan } from '../plan/plan-types.js';
import { rate } from '../report/table.js';
import { runSteps } from './progress.js';
import {
  type Chain,
  type ChainOptions,
  commandLine,
  csimStep,
  emitSteps,
  requireEqual,
} from './support/chain.js';
import { findModel, folderName } from './support/model-folder.js';
import { addModelOptions, addPlanOptions, addQuantOptions } from './support/options.js';
import { printResult } from './support/output.js';

export function addHls(program: Command): void {
  const command = program.command('hls').description('the whole chain: quantize, plan, emit, simulate');
  addPlanOptions(addQuantOptions(addModelOptions(command))).action(hls);
}

async function hls(path: string | undefined, options: ChainOptions): Promise<void> {
  const model = await findModel(path);
  const chain: Chain = {};
  const command = commandLine('hls', folderName(model.path), options);
  await runSteps([...emitSteps(model, options, command, chain), csimStep(chain)], options);
  const { name, output } = chain.prepared!;
  const { plan } = chain.planned!;
  const { words, mismatches, seconds } = chain.csim!;
  const result = { model: name, output, plan, csim: { words, mismatches, seconds }, files: chain.files };
  printResult(options, result, () => summary(chain, plan));
  requireEqual(chain.csim!);
}

/** What was made, where, how sure it is, how fast it will be, and what to do next. */
function summary({ prepared, project, files, csim }: Chain, plan: Plan): string {
  const { name, artifact } = prepared!;
  const { words, mismatches, seconds } = csim!;
  const { used } = plan.resources;
  const prompt = plan.prefill.at(-1)!;
  const verdict =
    mismatches === 0 ? 'all equal to the golden model' : `${mismatches} DIFFER from the golden model`;
  return `
${name} for ${plan.device.name} (${plan.device.part}, ${plan.device.clockMHz} MHz)

  quantized   ${artifact.path}
  project     ${project} (${files!.length} files)
  simulated   ${words.toLocaleString('en-US')} words, ${verdict} (measured, ${seconds.toFixed(1)} s in the kernels)
  speed       ${rate(plan.decode.tokensPerSecond)} tokens/s decode, ${rate(prompt.tokensPerSecond)} tokens/s prefill of ${prompt.tokens} (planned)
  area        ${used.dsp} DSP, ${used.lut} LUT, ${used.ff} FF, ${used.bram36} BRAM36 (planned)

Next:
  npm run fastmamba -- plan ${artifact.path}
  npm run fastmamba -- eval --ablations
  npm run fastmamba -- run --prompt "ROMEO:"
  less ${project}/README.md
`.trim();
}
