/** What a bench returns and how it takes the time. Figures depend on the machine and on who else uses it; no test asserts one. */

/** One measured figure. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Seconds of the fastest of several runs, after one that warms up the compiler; about half a second in all. */
export function bestSeconds(run: () => void): number {
  run();
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 500;
  for (let i = 0; i < 3 || performance.now() < end; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}
