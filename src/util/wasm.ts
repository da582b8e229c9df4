/**
 * WebAssembly modules that the build makes, and the memory that one works on. A memory has its size from the start: first everything gets its
 * address from a layout, then the memory is made.
 */
import { existsSync, readFileSync } from 'node:fs';
import { packagePath } from './package-path.js';

/** What is used of the global of this name; its types come only with those of a browser. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGE_BYTES = 65536;
/** The most that 32-bit addresses reach. */
export const LARGEST_WASM_BYTES = 2 ** 32;
const ALIGNMENT = 64;
/** Free bytes after everything, so that a loop over vectors may read and write whole ones at its end. */
const SLACK_BYTES = 128;

/** Gives out addresses. */
export class WasmLayout {
  /** Address 0 is not given out. */
  bytes = ALIGNMENT;

  /** The address of `bytes` bytes, followed by 128 that may be read and written as well. */
  take(bytes: number): number {
    const address = this.bytes;
    this.bytes = Math.ceil((address + bytes + SLACK_BYTES) / ALIGNMENT) * ALIGNMENT;
    return address;
  }
}

/** A memory, all zero at first. Views stay valid: it never grows. */
export class WasmMemory {
  readonly #memory: { readonly buffer: ArrayBuffer };
  readonly buffer: ArrayBuffer;

  /** Throws RangeError above `LARGEST_WASM_BYTES`. */
  constructor(bytes: number) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.buffer = this.#memory.buffer;
  }

  /** The functions of module `name` of the build, on this memory. */
  instantiate<Functions>(name: string): Functions {
    const imports = { env: { memory: this.#memory } };
    return new WebAssembly.Instance(moduleOf(name), imports).exports as Functions;
  }

  i8(address: number, length: number): Int8Array {
    return new Int8Array(this.buffer, address, length);
  }

  i16(address: number, length: number): Int16Array {
    return new Int16Array(this.buffer, address, length);
  }

  i32(address: number, length: number): Int32Array {
    return new Int32Array(this.buffer, address, length);
  }

  f32(address: number, length: number): Float32Array {
    return new Float32Array(this.buffer, address, length);
  }

  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.buffer, address, length);
  }
}

const modules = new Map<string, object>();

function moduleOf(name: string): object {
  let module = modules.get(name);
  if (module === undefined) {
    const file = packagePath('dist', 'wasm', `${name}.wasm`);
    if (!existsSync(file)) throw new Error(`${file} is not there: run npm run build first`);
    module = new WebAssembly.Module(readFileSync(file));
    modules.set(name, module);
  }
  return module;
}
