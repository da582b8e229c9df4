/**
 * Ends a text at a stop string, wherever the pieces that it comes in are cut: across them, inside one, at its end. Text is held back only as long as a
 * stop string may still begin in it.
 */
export class StopStrings {
  private held = '';

  /** None of them is empty. */
  constructor(private readonly stops: readonly string[]) {}

  /** The text that is certain now. After `isStopped` there is no more; the stop string is left out. */
  push(piece: string): { readonly text: string; readonly isStopped: boolean } {
    const all = this.held + piece;
    const found = this.firstIn(all);
    const kept = found === undefined ? this.possibleIn(all) : all.length;
    this.held = found === undefined ? all.slice(all.length - kept) : '';
    return { text: all.slice(0, found ?? all.length - kept), isStopped: found !== undefined };
  }

  /** What was held back, when no more text comes. */
  end(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }

  /** Where the stop string begins that is complete first, so that it does not matter how text is cut; of several the longest. */
  private firstIn(text: string): number | undefined {
    let [end, begin] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const stop of this.stops) {
      const at = text.indexOf(stop);
      if (at < 0) continue;
      const ownEnd = at + stop.length;
      if (ownEnd < end || (ownEnd === end && at < begin)) [end, begin] = [ownEnd, at];
    }
    return Number.isFinite(begin) ? begin : undefined;
  }

  /** Length of the longest end of `text` that a stop string begins with. */
  private possibleIn(text: string): number {
    const most = Math.max(0, ...this.stops.map((stop) => stop.length - 1));
    for (let length = Math.min(most, text.length); length > 0; length--) {
      const end = text.slice(-length);
      if (this.stops.some((stop) => stop.length > length && stop.startsWith(end))) return length;
    }
    return 0;
  }
}
