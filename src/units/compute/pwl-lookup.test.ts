import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { sint, uint } from '../../kernel/type.js';
import { pwl } from '../../quant/tables/pwl.js';
import { expTable, rootTable, siluTable, softplusTable } from '../../quant/tables/tables.js';
import { pwlLookup } from './pwl-lookup.js';

test.each([siluTable, softplusTable, expTable, rootTable])(
  'table %# as hardware is pwl() in every segment',
  (make) => {
    const table = make();
    const segments: number[] = [];
    const positions: number[] = [];
    const size = 2 ** table.remBits;
    for (let i = 0; i < table.segments; i++) {
      for (let r = 0; r < size; r += Math.max(1, Math.floor(size / 61))) {
        segments.push(i, i);
        positions.push(r, size - 1 - r);
      }
    }
    const bench = new UnitBench();
    const segment = bench.channel('segment', uint(6), 2);
    const position = bench.channel('position', uint(table.remBits), 2);
    const output = bench.channel('output', sint(40), 2);
    bench.net.process('table', 'NAU', 'One table.', (p) => {
      const lookup = pwlLookup(p, table);
      p.nest('look', [{ index: 'word', bound: segments.length / 2 }], () => {
        const i = p.read(segment).assume(0, table.segments - 1);
        p.write(output, lookup(i, p.read(position)));
      });
    });
    bench.send(segment, segments);
    bench.send(position, positions);
    expect(bench.run().received(output)).toEqual(segments.map((i, n) => pwl(table, i, positions[n])));
  },
);
