/** Ctrl-C and its relatives: removes what is half-written, gives the cursor back and ends with 128 + the signal's number. */
import { removeTemporaries } from '../../util/temporary.js';

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const SHOW_CURSOR = '\x1b[?25h';

/** Installs the handlers. Programs started through execa end with this process. */
export function handleInterrupts(): void {
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      removeTemporaries();
      if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR);
      process.exit(128 + number);
    });
  }
  // A reader that has seen enough (`| head`) closes the pipe: nothing is left to do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    removeTemporaries();
    process.exit(0);
  });
}
