#!/usr/bin/env node
/** The `fastmamba` command: collects the commands, runs one, and turns failures into a short message and an exit code. */
import { Command, CommanderError } from 'commander';
import { FastMambaError } from '../errors.js';
import { packageVersion } from '../util/package-path.js';
import { commands } from './commands.js';

async function main(): Promise<void> {
  const program = new Command('fastmamba')
    .description('From a trained Mamba2 checkpoint to a bit-exact FPGA accelerator')
    .version(packageVersion())
    .showHelpAfterError('(see fastmamba --help)')
    .exitOverride();
  for (const add of commands) add(program);
  await program.parseAsync();
}

try {
  await main();
} catch (error) {
  process.exitCode = report(error);
}

/** Prints what the user should read and returns the exit code (DESIGN section 3). */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof FastMambaError) {
    process.stderr.write(`fastmamba: ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(
    `fastmamba: internal error: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 70;
}
