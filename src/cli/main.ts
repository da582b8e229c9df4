#!/usr/bin/env node
/** The `fastmamba` command: collects the commands, runs one, and turns failures into a short message and an exit code. */
import { Command } from 'commander';
import { packageVersion } from '../util/package-path.js';
import { commands } from './commands.js';
import { writeErr, writeOut } from './support/output.js';
import { reportError } from './support/report-error.js';

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

try {
  await main();
} catch (error) {
  process.exitCode = reportError(error);
}
