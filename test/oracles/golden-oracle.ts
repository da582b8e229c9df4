/**
 * Test support: docs/integer-model.md once more, in BigInt scalars and nested loops, with no thought of speed. Written from
 * the page and sharing nothing with the golden model but the tables' entries, so that a slip in either shows as a difference.
 * It keeps the largest magnitude it met, for the bound on intermediates.
 */
import { dConv, dInProj } from '../../src/model/config/mamba2-config.js';
import type { GoldenContext } from '../../src/quant/golden/layer.js';
import type { GoldenTap } from '../../src/quant/golden/observer.js';
import type { PwlTable } from '../../src/quant/tables/pwl.js';
import { expTable, rootTable, siluTable, softplusTable } from '../../src/quant/tables/tables.js';
import type { QuantizedHead, QuantizedLayer, QuantizedLinear, QuantizedNorm } from '../../src/quant/types.js';

/** State of one layer as the page words it. */
export interface OracleState {
  /** Inputs of the convolution of all tokens so far, [token][dConv]. */
  inputs: bigint[][];
  /** [H][P][N] */
  h: bigint[][][];
}

type Taps = Map<GoldenTap, bigint[]>;

/** Everything the oracle computed, by tap name, flattened. */
export class Oracle {
  readonly taps: Taps = new Map();
  /** Largest magnitude of an argument of a rounding shift, or of the sum it forms. */
  largest = 0n;

  #show(name: GoldenTap, values: readonly bigint[]): void {
    this.taps.set(name, [...(this.taps.get(name) ?? []), ...values]);
  }

  rsh(v: bigint, s: bigint | number): bigint {
    const shift = BigInt(s);
    if (shift < 0n) throw new Error(`negative shift ${shift}`);
    const sum = shift === 0n ? v : v + 2n ** (shift - 1n);
    for (const value of [v, sum]) {
      const magnitude = value < 0n ? -value : value;
      if (magnitude > this.largest) this.largest = magnitude;
    }
    return floorDivide(sum, 2n ** shift);
  }

  #norm(norm: QuantizedNorm, v: readonly bigint[], name: 'norm' | 'gated_norm' | 'head.norm'): bigint[] {
    let sum = BigInt(norm.eps);
    for (const value of v) sum += value * value;
    if (sum < 1n) sum = 1n;
    const [k, q] = oracleRoot(sum);
    this.#show(`${name}.sumSquares`, [sum]);
    this.#show(`${name}.root`, [k, q]);
    return v.map((value) => satN(this.rsh(value * q, 17n + k - BigInt(norm.outFracBits)), 16));
  }

  #firstNorm(norm: QuantizedNorm, residual: readonly bigint[], name: 'norm' | 'head.norm'): bigint[] {
    const v = residual.map((r) => satN(this.rsh(r, norm.inShift), 18));
    this.#show(`${name}.v`, v);
    const y = this.#norm(norm, v, name);
    this.#show(`${name}.out`, y);
    return y;
  }

  #linear(
    layer: QuantizedLinear,
    y: readonly bigint[],
    bits: number,
    names: readonly [GoldenTap, GoldenTap, GoldenTap, GoldenTap],
  ): bigint[] {
    let a = [...y];
    if (layer.hatSize > 1) {
      const n = layer.hatSize;
      a = y.map((_, i) => {
        const block = i - (i % n);
        let sum = 0n;
        for (let j = 0; j < n; j++) sum += sylvester(i % n, j) * y[block + j];
        return sum;
      });
      this.#show(names[0], a);
    }
    const multiplier = (i: number) => layer.inputMultiplier[layer.inputMultiplier.length === 1 ? 0 : i];
    const x = a.map((value, i) => satN(this.rsh(value * BigInt(multiplier(i)), layer.inputShift), 8));
    this.#show(names[1], x);
    const acc: bigint[] = [];
    for (let o = 0; o < layer.rows; o++) {
      let sum = BigInt(layer.bias[o]);
      for (let i = 0; i < layer.cols; i++) sum += BigInt(layer.weight[o * layer.cols + i]) * x[i];
      acc.push(sum);
    }
    this.#show(names[2], acc);
    const out = acc.map((v, o) => satN(this.rsh(v * BigInt(layer.multiplier[o]), layer.shift[o]), bits));
    this.#show(names[3], out);
    return out;
  }

  /** One token through one layer; returns the new residual. */
  token(
    layer: QuantizedLayer,
    { config, options, scalars }: GoldenContext,
    residual: readonly bigint[],
    state: OracleState,
  ): bigint[] {
    const { dInner, nHeads, headDim, nGroups, dState, convKernel } = config;
    const y = this.#firstNorm(layer.norm, residual, 'norm');
    const inNames = ['hat_in.out', 'in_proj.x', 'in_proj.acc', 'in_proj.out'] as const;
    const projected = this.#linear(layer.inProj, y, 16, inNames);
    const z = projected.slice(0, dInner);
    const dtIn = projected.slice(dInProj(config) - nHeads);

    state.inputs.push(projected.slice(dInner, dInner + dConv(config)));
    const t = state.inputs.length - 1;
    const v = Array.from({ length: dConv(config) }, (_, c) => {
      let acc = BigInt(layer.convBias[c]);
      for (let k = 0; k < convKernel; k++) {
        const input = state.inputs[t - (convKernel - 1) + k]?.[c] ?? 0n;
        acc += BigInt(layer.convWeight[c * convKernel + k]) * input;
      }
      return satN(this.rsh(acc, layer.convShift[c]), 16);
    });
    this.#show('conv.out', v);
    const activate = (value: bigint, tensor: 'z' | 'x' | 'b' | 'c') =>
      satN(this.rsh(oracleSilu(value, layer.siluIn[tensor]), 16 - layer.siluOut[tensor]), 16);
    const xs = v.slice(0, dInner).map((value) => activate(value, 'x'));
    const bs = v.slice(dInner, dInner + nGroups * dState).map((value) => activate(value, 'b'));
    const cs = v.slice(dInner + nGroups * dState).map((value) => activate(value, 'c'));
    this.#show('silu_xbc.out', [...xs, ...bs, ...cs]);

    const ys: bigint[] = [];
    for (let head = 0; head < nHeads; head++) {
      const group = Math.floor((head * nGroups) / nHeads);
      let dt = oracleSoftplus2(dtIn[head], this);
      if (dt < BigInt(scalars.dtMin)) dt = BigInt(scalars.dtMin);
      if (dt > BigInt(scalars.dtMax)) dt = BigInt(scalars.dtMax);
      let w = this.rsh(dt * BigInt(layer.absA[head]), layer.aShift[head]);
      if (w > 2n ** 25n - 1n) w = 2n ** 25n - 1n;
      const decay = oracleExp2Neg(w, this);
      this.#show('dt', [dt]);
      this.#show('w', [w]);
      this.#show('decay', [decay]);
      for (let p = 0; p < headDim; p++) {
        const x = xs[head * headDim + p];
        const u = satN(this.rsh(dt * x, layer.uShift[head]), 16);
        this.#show('u', [u]);
        let acc = BigInt(layer.dSkip[head]) * x * 2n ** BigInt(layer.skipShift[head]);
        for (let n = 0; n < dState; n++) {
          const inject = u * bs[group * dState + n] * 2n ** BigInt(layer.injectShift[head]);
          const next = satN(this.rsh(state.h[head][p][n] * decay + inject, 17), options.stateBits);
          state.h[head][p][n] = next;
          acc += cs[group * dState + n] * next;
        }
        ys.push(satN(this.rsh(acc, layer.yShift[head]), 16));
      }
    }
    this.#show('h', state.h.flat(2));
    this.taps.set('h.final', state.h.flat(2));
    this.#show('ssm.y', ys);

    const s = z.map((value) => activate(value, 'z'));
    this.#show('silu_z.out', s);
    const g = ys.map((value, i) =>
      satN(this.rsh(value * s[i], layer.gateShift[Math.floor(i / headDim)]), 16),
    );
    this.#show('gate.out', g);
    const parts = config.groupNorm ? nGroups : 1;
    const o: bigint[] = [];
    for (let part = 0; part < parts; part++) {
      const size = dInner / parts;
      o.push(...this.#norm(layer.gatedNorm, g.slice(part * size, (part + 1) * size), 'gated_norm'));
    }
    this.#show('gated_norm.out', o);
    const outNames = ['hat_out.out', 'out_proj.x', 'out_proj.acc', 'out_proj.out'] as const;
    const delta = this.#linear(layer.outProj, o, 32, outNames);
    const result = residual.map((r, i) => satN(r + delta[i], 32));
    this.#show('residual.out', result);
    return result;
  }

  /** Logits of one token. */
  logits(head: QuantizedHead, residual: readonly bigint[]): bigint[] {
    const y = this.#firstNorm(head.norm, residual, 'head.norm');
    return this.#linear(head.lmHead, y, 16, ['head.hat.out', 'head.x', 'head.acc', 'logits']);
  }
}

/** The zero state. */
export function oracleState({ config }: GoldenContext): OracleState {
  const zeros = <T>(length: number, make: () => T) => Array.from({ length }, make);
  const h = zeros(config.nHeads, () => zeros(config.headDim, () => zeros(config.dState, () => 0n)));
  return { inputs: [], h };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

function satN(v: bigint, bits: number): bigint {
  const limit = 2n ** BigInt(bits - 1);
  if (v > limit - 1n) return limit - 1n;
  return v < -limit ? -limit : v;
}

/** Entry of the Sylvester Hadamard matrix, from its definition H(2n) = [H H; H -H]. */
function sylvester(i: number, j: number): bigint {
  if (i === 0 && j === 0) return 1n;
  let half = 1;
  while (2 * half <= Math.max(i, j)) half *= 2;
  const sign = i >= half && j >= half ? -1n : 1n;
  return sign * sylvester(i % half, j % half);
}

function segment(table: PwlTable, i: bigint, r: bigint): bigint {
  const line = BigInt(table.slopes[Number(i)]) * r;
  return BigInt(table.offsets[Number(i)]) + floorDivide(line, 2n ** BigInt(table.shift));
}

function oracleSilu(v: bigint, inFracBits: number): bigint {
  const a = (v < 0n ? -v : v) * 2n ** BigInt(14 - inFracBits);
  const rectified = (v > 0n ? v : 0n) * 2n ** BigInt(16 - inFracBits);
  const table = siluTable();
  if (a >= 2n ** 18n) return rectified;
  if (a < 2n ** 14n) return rectified - segment(table, a / 2n ** 10n, (a % 2n ** 10n) * 16n);
  if (a < 2n ** 16n)
    return rectified - segment(table, 16n + (a - 2n ** 14n) / 2n ** 11n, (a % 2n ** 11n) * 8n);
  if (a < 2n ** 17n)
    return rectified - segment(table, 40n + (a - 2n ** 16n) / 2n ** 12n, (a % 2n ** 12n) * 4n);
  return rectified - segment(table, 56n + (a - 2n ** 17n) / 2n ** 14n, a % 2n ** 14n);
}

function oracleSoftplus2(x: bigint, oracle: Oracle): bigint {
  const a = x < 0n ? -x : x;
  const n = a / 2n ** 11n;
  const e = a % 2n ** 11n;
  const row = n < 7n ? n : 7n;
  const tail = segment(softplusTable(), 8n * row + e / 256n, e % 256n) * 8n;
  const sum = (x > 0n ? x : 0n) * 2n ** 9n + oracle.rsh(tail, n);
  return sum > 2n ** 24n - 1n ? 2n ** 24n - 1n : sum;
}

function oracleExp2Neg(w: bigint, oracle: Oracle): bigint {
  const n = w / 2n ** 20n;
  const e = w % 2n ** 20n;
  const fine = n === 0n && e < 2n ** 16n;
  const value = fine
    ? segment(expTable(), 16n + e / 2n ** 12n, (e % 2n ** 12n) * 16n)
    : segment(expTable(), e / 2n ** 16n, e % 2n ** 16n);
  const result = oracle.rsh(value, n);
  return result > 2n ** 17n - 1n ? 2n ** 17n - 1n : result;
}

function oracleRoot(sum: bigint): [k: bigint, q: bigint] {
  let k = 0n;
  while (4n ** (k + 1n) <= sum) k++;
  const m = (sum * 2n ** 16n) / 4n ** k;
  if (m < 2n ** 17n) return [k, segment(rootTable(), (m - 2n ** 16n) / 2n ** 11n, (m % 2n ** 11n) * 2n)];
  return [k, segment(rootTable(), 32n + (m - 2n ** 17n) / 2n ** 12n, m % 2n ** 12n)];
}
