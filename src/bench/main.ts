/** Runs the benches named on the command line, or all of them, and prints their figures. A new bench is one line in `benches`. */
import { benchCsim } from './csim.js';
import { benchEngines } from './engines.js';
import type { BenchResult } from './measure.js';

const benches: Readonly<Record<string, () => BenchResult[] | Promise<BenchResult[]>>> = {
  engines: benchEngines,
  csim: benchCsim,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in benches));
if (unknown !== undefined) {
  process.stderr.write(`bench: found ${unknown}, expected ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
    process.stdout.write(`${name}\n`);
    for (const { name: what, value, unit, reference } of await benches[name]()) {
      const times = reference && (value / reference.value).toFixed(1);
      const beside = reference ? `, ${reference.name} ${reference.value.toFixed(1)}: ${times} times` : '';
      process.stdout.write(`  ${what.padEnd(28)} ${value.toFixed(1).padStart(12)} ${unit}${beside}\n`);
    }
  }
}
