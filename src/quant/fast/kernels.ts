/** The functions of wasm/index.ts as JavaScript sees them; addresses are bytes in the memory, what they compute is said there. */
export interface FastKernels {
  conv(
    input: number,
    weight: number,
    bias: number,
    scale: number,
    out: number,
    channels: number,
    stride: number,
    taps: number,
    tokens: number,
  ): void;
  widen(y: number, out: number, count: number): void;
  hadamard(data: number, count: number, size: number): void;
  quantize16(a: number, scale: number, x: number, count: number): void;
  quantize32(a: number, scale: number, x: number, count: number): void;
  normInput(r: number, v: number, shift: number, count: number): void;
  squares16(v: number, count: number): number;
  squares32(v: number, count: number): number;
  normOutput16(v: number, out: number, scale: number, count: number): void;
  normOutput32(v: number, out: number, scale: number, count: number): void;
  gate(y: number, s: number, out: number, shift: number, count: number): void;
  products(
    weight: number,
    bias: number,
    x: number,
    acc: number,
    rows: number,
    stride: number,
    tokens: number,
    scratch: number,
  ): void;
  rescale16(acc: number, scale: number, out: number, count: number): void;
  rescale32(acc: number, scale: number, out: number, count: number): void;
  addSaturated(residual: number, delta: number, count: number): void;
  toDoubles(v: number, out: number, count: number): void;
  updateHead(
    h: number,
    b: number,
    c: number,
    x: number,
    u: number,
    y: number,
    headDim: number,
    dState: number,
    step: number,
    decay: number,
    inject: number,
    limit: number,
    skip: number,
    yScale: number,
  ): void;
}
