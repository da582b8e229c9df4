/** Before each test the event loop has a turn, so that many tests without one do not hold up what the runner waits for. */
import { setImmediate } from 'node:timers/promises';
import { beforeEach } from 'vitest';

beforeEach(() => setImmediate());
