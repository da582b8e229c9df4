/** Gathers what pieces of a call show, so that an observer gets every tensor once, of all tokens, in golden's order. */
import type { GoldenData, GoldenObserver, GoldenTap } from '../golden/observer.js';

/** A fresh array of the type of `data`. */
function arrayLike(data: GoldenData, length: number): GoldenData {
  if (data instanceof Int8Array) return new Int8Array(length);
  if (data instanceof Int16Array) return new Int16Array(length);
  if (data instanceof Int32Array) return new Int32Array(length);
  return new Float64Array(length);
}

/** The taps of one call. */
export class TapCollector {
  readonly #found = new Map<GoldenTap, { readonly data: GoldenData; readonly shape: readonly number[] }>();

  /** First token of the piece that is shown now. */
  first = 0;

  constructor(
    private readonly observer: GoldenObserver,
    private readonly layer: number,
    private readonly tokens: number,
  ) {}

  /** Takes the tensor of a piece, [tokens of the piece][...shape]; a copy is kept. */
  put(name: GoldenTap, data: GoldenData, shape: readonly number[]): void {
    const width = shape.reduce((a, b) => a * b);
    let found = this.#found.get(name);
    if (found === undefined) {
      found = { data: arrayLike(data, this.tokens * width), shape: [this.tokens, ...shape] };
      this.#found.set(name, found);
    }
    found.data.set(data, this.first * width);
  }

  /** Takes a tensor of the whole call, in `shape`; the last one counts. */
  putWhole(name: GoldenTap, data: GoldenData, shape: readonly number[]): void {
    this.#found.set(name, { data: data.slice(), shape });
  }

  /** Hands everything over. */
  finish(): void {
    for (const [name, { data, shape }] of this.#found) this.observer.tap(name, this.layer, data, shape);
  }
}
