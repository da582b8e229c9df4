/** What a bench returns and how it takes the time. Figures depend on the machine and on who else uses it; no test asserts one. */

/** One measured figure. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The figure of what it is compared with, for the same work. */
  readonly reference?: { readonly name: string; readonly value: number };
}

/**
 * Seconds of the fastest of several runs, after one that warms up the compiler; about half a second in all. They are CPU seconds of this process:
 * who else uses the machine makes them longer by what he takes of caches and memory, not by what he takes of the cores.
 */
export async function bestSeconds(run: () => unknown): Promise<number> {
  await run();
  let best = Number.POSITIVE_INFINITY;
  let total = 0;
  for (let i = 0; i < 3 || total < 500_000; i++) {
    const start = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, user + system);
    total += user + system;
  }
  return best / 1e6;
}
