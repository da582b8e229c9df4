/** The float model's two long loops in float32, in AssemblyScript: WebAssembly with SIMD, without its relaxed instructions. */

/** The sums of the lanes of a, b, c and d. */
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(f32x4.shuffle(a, b, 0, 4, 1, 5), f32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(f32x4.shuffle(c, d, 0, 4, 1, 5), f32x4.shuffle(c, d, 2, 6, 3, 7));
  return f32x4.add(f64x2.shuffle(ab, cd, 0, 2), f64x2.shuffle(ab, cd, 1, 3));
}

/**
 * y[t][o] = sum over i of weight[o][i] x[t][i] for `tokens` tokens and `rows` rows, a multiple of four. Rows of weight and x are `stride` long, a
 * multiple of four, with zeros after the columns; those of y `rows`. A sum's order does not depend on the other tokens.
 */
export function products(weight: usize, x: usize, y: usize, rows: i32, stride: i32, tokens: i32): void {
  const bytes = 4 * <usize>stride;
  for (let o = 0; o < rows; o += 4) {
    const w = weight + <usize>o * bytes;
    let t = 0;
    for (; t + 2 <= tokens; t += 2) {
      const at = x + <usize>t * bytes;
      two(w, at, at + bytes, bytes, y + 4 * <usize>(t * rows + o), 4 * <usize>rows);
    }
    if (t < tokens) one(w, x + <usize>t * bytes, bytes, y + 4 * <usize>(t * rows + o));
  }
}

/** Four rows times one token. */
function one(w0: usize, x: usize, bytes: usize, y: usize): void {
  const w1 = w0 + bytes;
  const w2 = w1 + bytes;
  const w3 = w2 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const u = v128.load(x + i);
    a0 = f32x4.add(a0, f32x4.mul(v128.load(w0 + i), u));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(w1 + i), u));
    a2 = f32x4.add(a2, f32x4.mul(v128.load(w2 + i), u));
    a3 = f32x4.add(a3, f32x4.mul(v128.load(w3 + i), u));
  }
  v128.store(y, laneSums(a0, a1, a2, a3));
}

/** Four rows times two tokens, whose results are `next` bytes apart. */
function two(w0: usize, x0: usize, x1: usize, bytes: usize, y: usize, next: usize): void {
  const w1 = w0 + bytes;
  const w2 = w1 + bytes;
  const w3 = w2 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const u = v128.load(x0 + i);
    const v = v128.load(x1 + i);
    const p = v128.load(w0 + i);
    a0 = f32x4.add(a0, f32x4.mul(p, u));
    b0 = f32x4.add(b0, f32x4.mul(p, v));
    const q = v128.load(w1 + i);
    a1 = f32x4.add(a1, f32x4.mul(q, u));
    b1 = f32x4.add(b1, f32x4.mul(q, v));
    const r = v128.load(w2 + i);
    a2 = f32x4.add(a2, f32x4.mul(r, u));
    b2 = f32x4.add(b2, f32x4.mul(r, v));
    const s = v128.load(w3 + i);
    a3 = f32x4.add(a3, f32x4.mul(s, u));
    b3 = f32x4.add(b3, f32x4.mul(s, v));
  }
  v128.store(y, laneSums(a0, a1, a2, a3));
  v128.store(y + next, laneSums(b0, b1, b2, b3));
}

/**
 * One head and token of the recurrence: h = decay h + (step x) B, y = C h + d x. h: [headDim][dState], replaced; B and C: [dState]; x and y:
 * [headDim].
 */
export function updateHead(
  h: usize,
  b: usize,
  c: usize,
  x: usize,
  y: usize,
  headDim: usize,
  dState: i32,
  decay: f32,
  step: f32,
  d: f32,
): void {
  const blocks = dState & ~3;
  const factor = f32x4.splat(decay);
  for (let p: usize = 0; p < headDim; p++, h += 4 * <usize>dState) {
    const input = load<f32>(x + 4 * p);
    const u = step * input;
    const u4 = f32x4.splat(u);
    let sums = f32x4.splat(0);
    let n = 0;
    for (; n < blocks; n += 4) {
      const at: usize = 4 * <usize>n;
      const next = f32x4.add(f32x4.mul(v128.load(h + at), factor), f32x4.mul(u4, v128.load(b + at)));
      v128.store(h + at, next);
      sums = f32x4.add(sums, f32x4.mul(next, v128.load(c + at)));
    }
    let sum =
      f32x4.extract_lane(sums, 0) +
      f32x4.extract_lane(sums, 1) +
      (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
    for (; n < dState; n++) {
      const at: usize = 4 * <usize>n;
      const next = load<f32>(h + at) * decay + u * load<f32>(b + at);
      store<f32>(h + at, next);
      sum += next * load<f32>(c + at);
    }
    store<f32>(y + 4 * p, sum + d * input);
  }
}
