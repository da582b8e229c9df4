/**
 * Who proposes the next tokens of a text. A draft is accepted where it equals the token that is drawn there anyway, so a poor one costs time and
 * never changes a text. Drafts depend on the text alone.
 */
export interface Drafter {
  /** At most `count` (at least 1) tokens that may follow `text`, which grows from one question to the next. */
  propose(text: readonly number[], count: number): readonly number[] | Promise<readonly number[]>;
}

/** Where drafts come from, and how many a call takes. */
export interface Drafting {
  /** One for each sequence. */
  newDrafter(): Drafter;
  /** Drafts a call; chosen from recent acceptance when undefined. */
  readonly count?: number | undefined;
}
