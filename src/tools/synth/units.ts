/** What a synthesis is asked for and what it finds, unit by unit. */
import type { YosysKind } from '../yosys/yosys-find.js';
import type { Area } from './area.js';
import type { FanOut } from './fan-out.js';
import type { LongestPath } from './path.js';
import type { MeasuredModule, ModuleChoice, Parameters } from './run.js';

/** One distinct module with its parameters. Figures are those of one instance. */

export interface SynthUnit {
  /** The module's name, with its parameters where it has any. */
  readonly name: string;
  readonly module: string;
  readonly parameters: Parameters;
  /** How often it is there. */
  readonly count: number;
  readonly instances: readonly string[];
  /** From the library that is the same in every project (FIFOs, memory ports), not the project's own. */
  readonly isLibrary: boolean;
  readonly area: Area;
  /** Null where the tool did not say. */
  readonly path: (Omit<LongestPath, 'levels'> & { readonly levels: number | null }) | null;
  /** Null where the tool did not say. */
  readonly fanOut: FanOut | null;
}
/** Area of every distinct module, and of all of them as often as they are there. */
export interface SynthResult {
  readonly tool: { readonly kind: string; readonly version: string };
  readonly units: readonly SynthUnit[];
  readonly total: Area;
  readonly warnings: readonly string[];
}

export interface SynthOptions {
  /** Folder of the project: its RTL is in rtl/, working files go to build/synth/. */
  readonly project: string;
  /** The module that holds everything. */
  readonly top: string;
  readonly tool?: YosysKind;
  /** One module alone: a process, or any other name in the table of units. */
  readonly kernel?: string;
  /** Look-up tables a module probably takes: small ones share a run, large ones have one of their own. */
  readonly expectedTables?: Readonly<Record<string, number>>;
  /** Of one run. */
  readonly timeoutSeconds?: number;
  readonly tell?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** A distinct module on its way to being measured. */
export interface Counted extends ModuleChoice {
  readonly instances: string[];
  /** The module that it is counted with. */
  partOf?: string;
  measured?: MeasuredModule;
}
