/**
 * Dense Hadamard matrices of small order by Paley's first construction (order q + 1 for a prime q = 3 mod 4): the
 * factors 12 and 20 with which widths such as 768 = 12 * 64 and 2560 = 20 * 128 have a Hadamard matrix of their own.
 */

/** Row-major matrix of +1 and -1 with H H^T = order. Orders: 1, or q + 1 for a prime q = 3 mod 4; else RangeError. */
export function denseHadamard(order: number): Int8Array {
  if (order === 1) return Int8Array.of(1);
  const q = order - 1;
  if (q % 4 !== 3 || !isPrime(q)) throw new RangeError(`no Paley matrix of order ${order}`);
  const isSquare = new Uint8Array(q);
  for (let i = 1; i < q; i++) isSquare[(i * i) % q] = 1;
  const h = new Int8Array(order * order);
  for (let row = 0; row < order; row++) {
    for (let col = 0; col < order; col++) {
      let value: number;
      if (row === col || row === 0) value = 1;
      else if (col === 0) value = -1;
      else value = isSquare[(row - col + q) % q] ? 1 : -1;
      h[row * order + col] = value;
    }
  }
  return h;
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return n > 1;
}
