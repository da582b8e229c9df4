import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packTile, tilePlace, tileWords } from './tile-order.js';

test('packTile puts every weight where tilePlace says, zeros after the matrix', () => {
  const shapes = fc.record({
    weightLanes: fc.integer({ min: 1, max: 4 }),
    ports: fc.integer({ min: 1, max: 3 }),
    factor: fc.integer({ min: 1, max: 4 }),
    cols: fc.integer({ min: 1, max: 4 }),
    matrixRows: fc.integer({ min: 1, max: 9 }),
    matrixCols: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(shapes, ({ weightLanes, ports, factor, cols, matrixRows, matrixCols }) => {
      const shape = { rows: weightLanes * ports * factor, cols, weightLanes, ports };
      const weight = Int8Array.from({ length: matrixRows * matrixCols }, (_, i) => (i % 127) + 1);
      const matrix = { weight, rows: matrixRows, cols: matrixCols };
      const seen = new Set<string>();
      for (const row0 of [0, Math.min(2, matrixRows - 1)]) {
        const bytes = packTile(matrix, row0, 0, shape);
        expect(bytes.map((b) => b.length)).toEqual(
          Array.from({ length: ports }, () => tileWords(shape) * weightLanes),
        );
        for (let row = 0; row < shape.rows; row++)
          for (let col = 0; col < cols; col++) {
            const { port, word, lane } = tilePlace(shape, row, col);
            const inside = row0 + row < matrixRows && col < matrixCols;
            const wanted = inside ? weight[(row0 + row) * matrixCols + col] : 0;
            expect(bytes[port][word * weightLanes + lane]).toBe(wanted);
            seen.add(`${port},${word},${lane}`);
          }
      }
      expect(seen.size).toBe(shape.rows * cols);
    }),
    { numRuns: 50 },
  );
});

test('a tile that ports cannot fill is refused', () => {
  expect(() => tileWords({ rows: 4, cols: 4, weightLanes: 3, ports: 1 })).toThrow(
    '1 ports of 3 bytes per word do not divide its 16 bytes',
  );
});
