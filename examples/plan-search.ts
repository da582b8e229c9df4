/** The planner as a function: what each budget of DSP blocks buys, and the designs that the search weighed. */
import { loadDevice, openCheckpoint, packagePath, planFor } from 'fastmamba';

const checkpoint = await openCheckpoint(packagePath('models', 'tiny-mamba2'));
await checkpoint.close();
const device = await loadDevice('vc709');

const plans = [300, 600].map((dsp) => {
  const choices = { name: 'tiny-mamba2', purpose: 'prefill', limit: { dsp }, prefillTokens: [512] } as const;
  const { plan } = planFor(checkpoint, device, choices);
  const speed = plan.prefill[0].tokensPerSecond.toFixed(0);
  console.log(
    `at most ${dsp} DSP: ${plan.resources.used.dsp} used, ${speed} tokens/s of a prompt of 512 (planned)`,
  );
  return plan;
});

console.log('designs that it weighed for the last, above the budget too (estimated):');
for (const { shape, resources, prefillTokensPerSecond, isChosen } of plans.at(-1)!.front!) {
  const { inProj, outProj, chunkTokens } = shape;
  const arrays = `${inProj.rows} x ${inProj.cols} and ${outProj.rows} x ${outProj.cols}, chunks of ${chunkTokens}`;
  const figures = `${resources.dsp} DSP, about ${prefillTokensPerSecond.toFixed(0)} tokens/s`;
  console.log(`  ${arrays}: ${figures}${isChosen ? ', chosen' : ''}`);
}
