/**
 * Who proposes the next tokens of texts. A draft is accepted where it equals the token that is drawn there anyway, so a poor one costs time and
 * never changes a text. Drafts depend on the text alone.
 */

/** A text to draft for. */
export interface DraftRequest {
  /** Its slot. The text of a slot grows from one question to the next, until the slot is cleared. */
  readonly slot: number;
  readonly text: readonly number[];
  /** Drafts at most, at least 1. */
  readonly count: number;
}

export interface Drafter {
  /** For each request, none of the same slot as another, tokens that may follow its text. */
  propose(requests: readonly DraftRequest[]): Promise<readonly (readonly number[])[]>;
  /** Forgets the slot's text. */
  clear(slot: number): Promise<void>;
  close(): Promise<void>;
}

/** Where drafts come from, and how many a call takes. */
export interface Drafting {
  readonly drafter: Drafter;
  /** Drafts a call of each text; chosen from recent acceptance when undefined. */
  readonly count?: number | undefined;
}
