/** How modules share runs of the synthesis tool. */
import { expect, it } from 'vitest';
import { batchesOf } from '../../src/tools/synth/batches.js';
import { Sources, sourceFile } from '../../src/tools/synth/sources.js';
import type { Counted } from '../../src/tools/synth/units.js';

const names = ['tiny', 'other', 'huge', 'large'];
const sources = new Sources([
  ...names.map((name) => sourceFile(`rtl/${name}.sv`, `module ${name} ();\nendmodule\n`)),
  sourceFile('rtl/lib/fifo.sv', '// module comment\nmodule fifo ();\nendmodule\n'),
]);
const unit = (module: string): Counted => ({ module, parameters: {}, instances: [module] });

it('gives a run of its own to what is large, largest first, and puts small modules together', () => {
  const units = [...names.map(unit), ...Array.from({ length: 30 }, () => unit('fifo'))];
  const batches = batchesOf(units, sources, { huge: 90_000, large: 7950, tiny: 10 });
  expect(batches.map(({ name }) => name)).toEqual([
    '0_huge',
    '1_large',
    '2_fifo_and_23_more',
    '3_fifo_and_7_more',
  ]);
  expect(batches.flatMap(({ choices }) => choices)).toHaveLength(units.length);
});
