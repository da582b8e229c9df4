/**
 * How many drafts the next call of a sequence takes, from how many were accepted of late. With an acceptance rate r a k-th draft is of use with
 * probability r^k; drafts are taken as long as that is at least WORTHWHILE. A draft costs a call little while memory bounds it.
 */

/** Most drafts of a call. */
export const MAX_DRAFTS = 16;
const WORTHWHILE = 0.25;
/** What a call weighs against those before it. */
const FADING = 0.9;

/** Counts for one sequence. */
export class DraftCount {
  // As if a few drafts had been seen, most of them right.
  private accepted = 3;
  private refused = 1;

  constructor(private readonly fixed?: number) {}

  /** For the next call, from 1 to MAX_DRAFTS. */
  next(): number {
    if (this.fixed !== undefined) return this.fixed;
    const rate = this.accepted / (this.accepted + this.refused);
    const useful = Math.floor(Math.log(WORTHWHILE) / Math.log(rate));
    return Math.max(1, Math.min(MAX_DRAFTS, useful));
  }

  /** A call has accepted so many drafts; whether the one after these was refused. */
  record(accepted: number, isRefused: boolean): void {
    this.accepted = this.accepted * FADING + accepted;
    this.refused = this.refused * FADING + (isRefused ? 1 : 0);
  }
}
