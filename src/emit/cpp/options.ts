/** What the caller of `emitCpp` says beyond the network. */
import type { Origin } from '../project/banner.js';
import type { BindingOf } from './process.js';

/** A named number of the plan, for config.hpp. */
export interface Size {
  readonly name: string;
  readonly value: number;
  readonly doc: string;
}

export interface EmitOptions extends Origin {
  readonly sizes?: readonly Size[];
  /** Conditions on sizes, in C++, with what they say in words. */
  readonly asserts?: readonly { readonly condition: string; readonly message: string }[];
  readonly bindingOf?: BindingOf;
  readonly device?: { readonly part: string; readonly periodNanoseconds: number };
  /** Words of the memory behind each port, and behind the port `descriptors`, in the vendor's cosimulation. */
  readonly cosimWords?: (port: string) => number;
}
