#!/usr/bin/env node
/** The `fastmamba` command: collects the commands, runs one, and turns failures into a short message and an exit code. */
import { Command } from 'commander';
import { packageVersion } from '../util/package-path.js';
import { commands } from './commands.js';
import { writeErr, writeOut } from './support/output.js';
import { reportError } from './support/report-error.js';

/**
 * As the first process of a container we are not ended by a signal: only there is a handler needed. It runs when the computation of the moment
 * is done. A command that waits for a signal itself ends in its own way.
 */
function endAsFirstProcess(): void {
  if (process.pid !== 1) return;
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    });
}

async function main(): Promise<void> {
  const program = new Command('fastmamba')
    .description('From a trained Mamba2 checkpoint to a bit-exact FPGA accelerator')
    .version(packageVersion())
    .showHelpAfterError('(see fastmamba --help)')
    .configureOutput({ writeOut, writeErr })
    .exitOverride();
  for (const add of commands) add(program);
  await program.parseAsync();
}

endAsFirstProcess();
try {
  await main();
} catch (error) {
  process.exitCode = reportError(error);
}
