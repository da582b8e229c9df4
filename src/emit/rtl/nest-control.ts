/** Control signals of a nest as its datapath sees them. */

/** Names of the control signals of a nest, made in control.ts. */
export interface NestControl {
  /** In front of names that another nest has too; nothing where there is only one nest. */
  readonly prefix: string;
  /** High while an iteration stands in stage `stage`. */
  readonly at: (stage: number) => string;
  /** High in the one cycle in which it leaves that stage for the next one. */
  readonly leaves: (stage: number) => string;
  /** The enable of what iterations take from the stage before into stage `stage`; null after the issue, where nothing waits. */
  readonly enable: (stage: number) => string | null;
  readonly issueStage: number;
  /** A cycle before the first of the nest. */
  readonly enter: string;
  readonly indices: readonly string[];
}
