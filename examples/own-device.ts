/** A board of one's own: the figures of its data sheets as a file, and the accelerator that fits on it. */
import { fileURLToPath } from 'node:url';
import { loadDevice, openCheckpoint, packagePath, planFor } from 'fastmamba';

const checkpoint = await openCheckpoint(packagePath('models', 'tiny-mamba2'));
await checkpoint.close();

const device = await loadDevice(fileURLToPath(new URL('devices/nexys-video.json', import.meta.url)));
const { plan } = planFor(checkpoint, device, { name: 'tiny-mamba2' });

console.log(`${plan.model.name} on ${device.name} (${device.part}, ${device.clockMHz} MHz), planned`);
for (const kind of ['dsp', 'lut', 'ff', 'bram36'] as const)
  console.log(`  ${kind}: ${plan.resources.used[kind]} of ${device[kind]}`);
const { tokensPerSecond, bound } = plan.decode;
console.log(`  decode: ${tokensPerSecond.toFixed(0)} tokens/s, bound by ${bound.name}`);
