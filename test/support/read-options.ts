/**
 * Runs one command of the command line in this process and writes which of its options it read to the file named first, as JSON. What is read
 * only to print the command again does not count. Run by options.test.ts.
 */
import { writeFileSync } from 'node:fs';
import { Command, type OptionValues } from 'commander';
import { commands } from '../../src/cli/commands.js';

const [file, ...args] = process.argv.slice(2);
const read = new Set<string>();

/** Whether the call comes from a function that gathers flags. */
const isForPrinting = () => /\b(plan|hardware|quantize|cosim|chain)Flags\b/i.test(new Error().stack ?? '');

function watched(options: OptionValues): OptionValues {
  return new Proxy(options, {
    get(values, name) {
      if (typeof name === 'string' && !isForPrinting()) read.add(name);
      return values[name as string];
    },
    ownKeys() {
      throw new Error(
        'options are read one by one: whoever copies them all uses some that were not asked for',
      );
    },
  });
}

const program = new Command('fastmamba');
for (const add of commands) add(program);
for (const command of program.commands) {
  const opts = command.opts.bind(command);
  command.opts = (() => watched(opts())) as typeof command.opts;
}
try {
  await program.parseAsync(args, { from: 'user' });
} finally {
  writeFileSync(file, JSON.stringify([...read]));
}
