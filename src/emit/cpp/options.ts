/** What the caller of `emitCpp` says beyond the network. */
import type { BufferWords } from '../network/masters.js';
import type { Origin } from '../project/banner.js';
import type { BindingOf } from './process.js';

export interface EmitOptions extends Origin {
  /** Digest of the plan in full, by which the host knows the kernel; zeros when absent. */
  readonly identity?: string;
  /** Conditions on sizes, in C++, with what they say in words. */
  readonly asserts?: readonly { readonly condition: string; readonly message: string }[];
  readonly bindingOf?: BindingOf;
  readonly device?: { readonly part: string; readonly periodNanoseconds: number };
  /** Words that the AXI master of a port may have asked for and not delivered; 128 when absent. */
  readonly bufferWords?: BufferWords;
  /** Words of the memory at each port, `descriptors` among them, in the vendor's cosimulation. */
  readonly cosimWords?: (port: string) => number;
}
