/** Control signals of a nest as its datapath sees them. */

/** Names of the control signals of a nest, made in control.ts. */
export interface NestControl {
  /** In front of names that another nest has too; nothing where there is only one nest. */
  readonly prefix: string;
  /** High while an iteration stands in stage `stage`. */
  readonly at: (stage: number) => string;
  /** A cycle before the first of the nest. */
  readonly enter: string;
  readonly indices: readonly string[];
}
