/** A worker thread of the quantizer. */

import { WORK } from './work.js';
import type { WorkRequest } from './workers.js';

/** Does one part of the work. */
export default function work({ name, args }: WorkRequest): unknown {
  return (WORK[name] as (...all: unknown[]) => unknown)(...args);
}
