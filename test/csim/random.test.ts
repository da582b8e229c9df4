/** Emitted C++ against the interpreter, on random networks: all operations, shapes and widths in one compiled program. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { interpret } from '../../src/kernel/interpret/interpret.js';
import { runCsim } from '../../src/tools/csim/csim.js';
import { randomCase } from '../../src/verify/campaign/random-network.js';

const folder = join(mkdtempSync(join(tmpdir(), 'fastmamba-random-')), 'project');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('random networks give the same words as emitted C++ as in the interpreter, in every mode', async () => {
  const seed = Number(process.env.SEED ?? 1);
  const { network, calls } = randomCase(seed, 10, 60);
  await writeProject(folder, emitCpp(network, { model: 'none', planDigest: 'none', command: 'test' }));
  const vectors = new VectorWriter(join(folder, 'vectors'));
  let outputs = 0;
  for (const call of calls) {
    const { channels } = interpret(network, call);
    for (const channel of network.channels) {
      const fed = call.inputs![channel.name];
      if (fed) vectors.feed(channel, fed);
      else if (channels[channel.name]) {
        vectors.expect(channel, channels[channel.name]);
        outputs += channels[channel.name].length;
      }
    }
    vectors.call(call.scalars!);
  }
  const script = vectors.finish();
  for (const mode of ['sequential', 'region'] as const) {
    const report = await runCsim(folder, { script, mode, optimize: 1 });
    expect(report.failure, `seed ${seed}`).toBeNull();
    const wrong = report.channels.filter((channel) => channel.mismatches > 0);
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(report.mismatches).toBe(0);
    expect(report.words).toBeGreaterThan(200);
  }
  expect(outputs).toBeGreaterThan(4000);
}, 400_000);
