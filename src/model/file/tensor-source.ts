/**
 * What every weight file looks like to the rest: named tensors of which any run of elements can be read. Nothing is held
 * in memory but the table of contents.
 */

/** How elements are stored. Other types may stand in a file as long as nobody reads them. */
export type WeightType = 'F32' | 'F16' | 'BF16' | 'F64';

/** One entry of a file's table of contents. */
export interface StoredTensor {
  readonly name: string;
  /** File in which it lies, for errors. */
  readonly file: string;
  /** The type as the file spells it. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Where its bytes lie, when several tensors may share them: equal places and shapes are equal tensors. */
  readonly place?: string;
}

/** An open weight file, or several that make one checkpoint. */
export interface TensorSource {
  /** The weight file, or the index when there are several; for errors. */
  readonly file: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /**
   * Elements [first, first + count) of a tensor in row-major order, widened or rounded to float32. The caller stays
   * inside the shape. Throws UserError when the file ends early or the type is not one of floats.
   */
  readElements(name: string, first: number, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}
