/** An emitted accelerator on disk: what all simulations of it take. */
import type { ImageFile } from '../emit/image/manifest.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import type { QuantizedModel } from '../quant/types.js';

/** A project on disk with what it was made of. */
export interface Project {
  readonly folder: string;
  readonly planned: PlannedAccelerator;
  readonly model: QuantizedModel;
  /** Files of its memory image. */
  readonly image: readonly ImageFile[];
}

/** A project that was written just now. */
export interface WrittenProject extends Project {
  /** All its files, relative to the folder. */
  readonly files: readonly string[];
}

/** Called as work goes on, with a short line on how far it is. */
export type Tell = (line: string) => void;
