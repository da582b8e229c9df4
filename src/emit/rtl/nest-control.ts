/** Control signals of a nest as its datapath sees them. */

/** Names of the control signals of a nest, made in control.ts. */
export interface NestControl {
  /** `at[s]`: an iteration stands in stage s. */
  readonly at: string;
  readonly active: string;
  /** A cycle before the first of the nest. */
  readonly enter: string;
  readonly indices: readonly string[];
}
