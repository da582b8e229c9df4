/**
 * Runs after the builder and before everything else: folds constants, skips copies, merges equal nodes, and drops what is never read, until
 * nothing changes. Values, words and what steers stay as they are, and names that somebody gave do too; schedule, area and both back ends
 * see the result.
 */
import type { Network, Node, Process } from '../ir.js';
import type { Label } from './region.js';
import { type Permit, Rewriter } from './rewrite.js';
import { withoutUnread } from './unread.js';

/** No network needs more passes: each but the last removes something. */
const MOST_PASSES = 100;

export interface SimplifyOptions {
  /** After so many rewrites nothing more is changed: a way to find the one that does harm. */
  readonly stopAfter?: number;
}

export interface Simplified {
  readonly network: Network;
  /** How often each rule was used. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The network simplified. */
export function simplify(network: Network, options: SimplifyOptions = {}): Network {
  return simplifyCounted(network, options).network;
}

/** The same, with what was done. */
export function simplifyCounted(
  network: Network,
  { stopAfter = Number.POSITIVE_INFINITY }: SimplifyOptions = {},
): Simplified {
  const counts: Record<string, number> = {};
  let left = stopAfter;
  const permit: Permit = (rule, nodes = 1) => {
    if (left <= 0) return false;
    left -= 1;
    counts[rule] = (counts[rule] ?? 0) + nodes;
    return true;
  };
  const processes = network.processes.map((process) => simplifyProcess(process, permit));
  return { network: { ...network, processes }, counts };
}

function simplifyProcess(given: Process, permit: Permit): Process {
  const labels = new Map<Node, Label>();
  let process = given;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const rewriter = new Rewriter(process, permit, labels);
    const rewritten = rewriter.run();
    const next = withoutUnread(rewritten, (nodes) => permit('unread', nodes));
    if (next === process && labels.size === 0) break;
    process = next;
  }
  return process;
}
