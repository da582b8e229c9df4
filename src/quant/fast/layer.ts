/**
 * One Mamba2 block on WebAssembly SIMD: the integers of the golden model in every tap, some ten times as fast. What takes no time (reciprocal
 * roots, dt, decays, SiLU tables) is the golden model's own code or its tables.
 */
import { dConv, dInProj, groupOfHead } from '../../model/config/mamba2-config.js';
import type { GoldenContext } from '../golden/layer.js';
import type { GoldenObserver } from '../golden/observer.js';
import { paperNau } from '../golden/paper-nau.js';
import { type Decays, goldenDecays, oursNau } from '../golden/ssm.js';
import type { GoldenLayerPart, GoldenLayerState } from '../golden/state.js';
import { siluLookup } from '../tables/functions.js';
import type { InnerLayer, QuantizedLayer } from '../types.js';
import { channelStride, type InnerPlace, type LayerPlace, type LayerScratch } from './layer-place.js';
import { type FastMachine, fastLinear, type PackedLinear, PIECE_TOKENS, packLinear } from './linear.js';
import { fastNorm } from './norm.js';
import { type Slice, Stretch, slicesBetween, stretchesOf } from './stretch.js';
import { TapCollector } from './taps.js';

/** A layer without out_proj that is in memory. */
export interface PackedInner {
  /** Without the weights of in_proj. */
  readonly layer: InnerLayer;
  readonly place: InnerPlace;
  readonly inProj: PackedLinear;
}

/** A layer that is in memory. */
export interface PackedLayer extends PackedInner {
  readonly outProj: PackedLinear;
}

/** Packs and runs the layers of a model. */
export class FastLayers {
  /** A state from elsewhere that is worked on here. */
  #lent: { readonly stretch: Stretch; readonly here: Int32Array } | undefined;

  constructor(
    private readonly context: GoldenContext,
    private readonly machine: FastMachine,
    private readonly scratch: LayerScratch,
  ) {}

  /** Copies a layer's weights to their place; they are not kept elsewhere. */
  pack(place: LayerPlace, { outProj, ...inner }: QuantizedLayer): PackedLayer {
    const { memory } = this.machine;
    return { ...this.packInner(place, inner), outProj: packLinear(memory, place.outProj, outProj) };
  }

  /** The same of a layer without out_proj. */
  packInner(place: InnerPlace, layer: InnerLayer): PackedInner {
    const { config } = this.context;
    const memory = this.machine.memory;
    const channels = dConv(config);
    const stride = channelStride(config);
    const taps = config.convKernel;
    const weight = memory.i16(place.convWeight, taps * stride);
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < taps; k++) weight[k * stride + c] = layer.convWeight[c * taps + k];
    }
    memory.f64(place.convBias, channels).set(layer.convBias);
    memory.f64(place.convScale, channels).set(Float64Array.from(layer.convShift, (shift) => 2 ** -shift));
    const light = { ...layer, inProj: { ...layer.inProj, weight: new Int8Array(0) } };
    return { layer: light, place, inProj: packLinear(memory, place.inProj, layer.inProj) };
  }

  /** As goldenLayer: residual [tokens][dModel] and state are replaced. A state in this memory is worked on where it lies. */
  run(packed: PackedLayer, residual: Int32Array, state: GoldenLayerState, observer?: GoldenObserver): void {
    const tokens = residual.length / this.context.config.dModel;
    this.#run(packed, residual, [new Stretch(tokens, state, false)], observer);
  }

  /**
   * The same for parts of several sequences; each leaves in its state what it gives. Tokens of all parts go through the linear layers together, which
   * reads weights once for all. An observer sees one part after the other.
   */
  runParts(
    packed: PackedLayer,
    residual: Int32Array,
    parts: readonly GoldenLayerPart[],
    observer?: GoldenObserver,
  ): void {
    const stretches = stretchesOf(parts);
    const together = observer ? stretches.map((one) => [one]) : [stretches];
    const { dModel } = this.context.config;
    let first = 0;
    for (const some of together) {
      const end = some.reduce((sum, { tokens }) => sum + tokens, first);
      this.#run(packed, residual.subarray(first * dModel, end * dModel), some, observer);
      first = end;
    }
  }

  #run(
    packed: PackedLayer,
    residual: Int32Array,
    stretches: readonly Stretch[],
    observer?: GoldenObserver,
  ): void {
    const tokens = residual.length / this.context.config.dModel;
    const taps = observer && new TapCollector(observer, packed.layer.index, tokens);
    this.#pieces(residual, stretches, (part, slices, first) => {
      if (taps) taps.first = first;
      this.#inner(packed, part, slices, taps, observer?.everyState === true);
      this.#outProj(packed.outProj, part, taps);
    });
    taps?.finish();
  }

  /** As goldenInner: what out_proj reads, [tokens][dInner]; the state is replaced, the residual stream stays. */
  inner(packed: PackedInner, residual: Int32Array, state: GoldenLayerState): Int16Array {
    const { dModel, dInner } = this.context.config;
    const tokens = residual.length / dModel;
    const out = new Int16Array(tokens * dInner);
    this.#pieces(residual, [new Stretch(tokens, state, false)], (part, slices, first) => {
      this.#inner(packed, part, slices, undefined, false);
      const values = (part.length / dModel) * dInner;
      out.set(this.machine.memory.i16(this.scratch.inner, values), first * dInner);
    });
    return out;
  }

  /** Takes PIECE_TOKENS tokens after the other, whichever stretches they belong to. */
  #pieces(
    residual: Int32Array,
    stretches: readonly Stretch[],
    work: (part: Int32Array, slices: readonly Slice[], first: number) => void,
  ): void {
    const { dModel } = this.context.config;
    const tokens = residual.length / dModel;
    for (let from = 0; from < tokens; from += PIECE_TOKENS) {
      const to = Math.min(from + PIECE_TOKENS, tokens);
      work(residual.subarray(from * dModel, to * dModel), slicesBetween(stretches, from, to), from);
    }
    this.#putBack();
  }

  /** The SSM state of a stretch in this memory: where it lies, or a copy until `#putBack`. */
  #stateHere(stretch: Stretch): Int32Array {
    const { memory } = this.machine;
    if (this.#lent?.stretch === stretch) return this.#lent.here;
    this.#putBack();
    if (stretch.h.buffer === memory.buffer) return stretch.h;
    const here = memory.i32(this.scratch.h, stretch.h.length);
    here.set(stretch.h);
    this.#lent = { stretch, here };
    return here;
  }

  #putBack(): void {
    this.#lent?.stretch.h.set(this.#lent.here);
    this.#lent = undefined;
  }

  /** Sections 2 to 8 of docs/integer-model.md up to what out_proj reads, for at most PIECE_TOKENS tokens. */
  #inner(
    { layer, place, inProj }: PackedInner,
    residual: Int32Array,
    slices: readonly Slice[],
    taps: TapCollector | undefined,
    everyState: boolean,
  ): void {
    const { config, options, scalars } = this.context;
    const { dModel, dInner } = config;
    const { machine, scratch: at } = this;
    const { memory, kernels } = machine;
    const tokens = residual.length / dModel;

    memory.i32(at.residual, residual.length).set(residual);
    kernels.normInput(at.residual, at.v, layer.norm.inShift, residual.length);
    taps?.put('norm.v', memory.i32(at.v, residual.length), [dModel]);
    const normed = { bits: 32, v: at.v, width: dModel, groups: 1 } as const;
    fastNorm(machine, layer.norm, normed, tokens, at.normed, taps, 'norm');

    const rows = dInProj(config);
    fastLinear(machine, inProj, at.normed, tokens, { out: at.projected, bits: 16 }, taps, [
      'hat_in.out',
      'in_proj.x',
      'in_proj.acc',
    ]);
    const projected = memory.i16(at.projected, tokens * rows);
    taps?.put('in_proj.out', projected, [rows]);

    for (const slice of slices) this.#conv(place, projected, slice);
    this.#siluXbc(layer, tokens);
    taps?.put('conv.out', memory.i16(at.convOut, tokens * dConv(config)), [dConv(config)]);
    taps?.put('silu_xbc.out', memory.i16(at.xbc, tokens * dConv(config)), [dConv(config)]);

    const nau = options.nau === 'paper' ? paperNau : oursNau;
    const decays = goldenDecays(layer, config, scalars, nau, projected);
    taps?.put('dt', decays.dt, [config.nHeads]);
    taps?.put('w', decays.w, [config.nHeads]);
    taps?.put('decay', decays.decay, [config.nHeads]);

    const states = taps && everyState ? new Int32Array(tokens * dInner * config.dState) : undefined;
    for (const slice of slices) this.#stateSpace(layer, decays, slice, states);
    taps?.put('u', memory.i16(at.u, tokens * dInner), [dInner]);
    const stateShape = [config.nHeads, config.headDim, config.dState];
    if (states) taps?.put('h', states, stateShape);
    taps?.putWhole('h.final', this.#stateHere(slices.at(-1)!.stretch), [1, ...stateShape]);
    taps?.put('ssm.y', memory.i16(at.y, tokens * dInner), [dInner]);

    this.#gate(layer, projected, tokens);
    taps?.put('silu_z.out', memory.i16(at.siluZ, tokens * dInner), [dInner]);
    taps?.put('gate.out', memory.i16(at.gated, tokens * dInner), [dInner]);
    const groups = config.groupNorm ? config.nGroups : 1;
    const gated = { bits: 16, v: at.gated, width: dInner, groups } as const;
    fastNorm(machine, layer.gatedNorm, gated, tokens, at.inner, taps, 'gated_norm');
  }

  /** out_proj and the residual stream, whose last values are still in this memory. */
  #outProj(outProj: PackedLinear, residual: Int32Array, taps: TapCollector | undefined): void {
    const { machine, scratch: at } = this;
    const { memory, kernels } = machine;
    const { dModel } = this.context.config;
    const tokens = residual.length / dModel;
    fastLinear(machine, outProj, at.inner, tokens, { out: at.delta, bits: 32 }, taps, [
      'hat_out.out',
      'out_proj.x',
      'out_proj.acc',
    ]);
    taps?.put('out_proj.out', memory.i32(at.delta, residual.length), [dModel]);
    kernels.addSaturated(at.residual, at.delta, residual.length);
    residual.set(memory.i32(at.residual, residual.length));
    taps?.put('residual.out', residual, [dModel]);
  }

  /** Section 4: history and inputs in one array, as golden has them. */
  #conv(place: InnerPlace, projected: Int16Array, { stretch, first, count }: Slice): void {
    const { config } = this.context;
    const { convIn, convOut } = this.scratch;
    const channels = dConv(config);
    const rows = dInProj(config);
    const taps = config.convKernel;
    const input = this.machine.memory.i16(convIn, (taps - 1 + count) * channels);
    input.set(stretch.conv);
    for (let t = 0; t < count; t++) {
      const from = (first + t) * rows + config.dInner;
      input.set(projected.subarray(from, from + channels), (taps - 1 + t) * channels);
    }
    const { convWeight, convBias, convScale } = place;
    const stride = channelStride(config);
    this.machine.kernels.conv(
      convIn,
      convWeight,
      convBias,
      convScale,
      convOut + 2 * first * channels,
      channels,
      stride,
      taps,
      count,
    );
    stretch.conv.set(input.subarray(count * channels));
  }

  /** Section 5 for x, B and C. */
  #siluXbc({ siluIn, siluOut }: InnerLayer, tokens: number): void {
    const { config } = this.context;
    const channels = dConv(config);
    const v = this.machine.memory.i16(this.scratch.convOut, tokens * channels);
    const out = this.machine.memory.i16(this.scratch.xbc, tokens * channels);
    const bFrom = config.dInner;
    const cFrom = bFrom + config.nGroups * config.dState;
    const x = siluLookup(siluIn.x, siluOut.x);
    const b = siluLookup(siluIn.b, siluOut.b);
    const c = siluLookup(siluIn.c, siluOut.c);
    for (let base = 0; base < v.length; base += channels) {
      lookup(x, v, base, out, base, bFrom);
      lookup(b, v, base + bFrom, out, base + bFrom, cFrom - bFrom);
      lookup(c, v, base + cFrom, out, base + cFrom, channels - cFrom);
    }
  }

  /** Section 7. A head's tokens one after the other, so that its state stays in the cache. */
  #stateSpace(
    layer: InnerLayer,
    { dt, decay }: Decays,
    { stretch, first, count }: Slice,
    states: Int32Array | undefined,
  ): void {
    const h = this.#stateHere(stretch);
    const end = first + count;
    const { config, options } = this.context;
    const { nHeads, headDim, dState, nGroups, dInner } = config;
    const kernels = this.machine.kernels;
    const { xbc, bc, u, y } = this.scratch;
    const channels = dConv(config);
    const width = 2 * nGroups * dState;
    for (let t = first; t < end; t++) {
      kernels.toDoubles(xbc + 2 * (t * channels + dInner), bc + 8 * t * width, width);
    }
    const limit = 2 ** (options.stateBits - 1);
    const part = headDim * dState;
    for (let head = 0; head < nHeads; head++) {
      const uScale = 2 ** -layer.uShift[head];
      const inject = 2 ** (layer.injectShift[head] - 17);
      const skip = layer.dSkip[head] * 2 ** layer.skipShift[head];
      const yScale = 2 ** -layer.yShift[head];
      const address = h.byteOffset + 4 * head * part;
      const column = head * headDim;
      for (let t = first; t < end; t++) {
        const b = bc + 8 * (t * width + groupOfHead(config, head) * dState);
        kernels.updateHead(
          address,
          b,
          b + 8 * nGroups * dState,
          xbc + 2 * (t * channels + column),
          u + 2 * (t * dInner + column),
          y + 2 * (t * dInner + column),
          headDim,
          dState,
          dt[t * nHeads + head] * uScale,
          decay[t * nHeads + head] * 2 ** -17,
          inject,
          limit,
          skip,
          yScale,
        );
        states?.set(h.subarray(head * part, (head + 1) * part), t * h.length + head * part);
      }
    }
  }

  /** SiLU of z, and the second line of section 8. */
  #gate({ siluIn, siluOut, gateShift }: InnerLayer, projected: Int16Array, tokens: number): void {
    const { nHeads, headDim, dInner } = this.context.config;
    const { y, siluZ, gated } = this.scratch;
    const rows = dInProj(this.context.config);
    const table = siluLookup(siluIn.z, siluOut.z);
    const out = this.machine.memory.i16(siluZ, tokens * dInner);
    for (let t = 0; t < tokens; t++) lookup(table, projected, t * rows, out, t * dInner, dInner);
    for (let i = 0; i < tokens * nHeads; i++) {
      const from = 2 * i * headDim;
      this.machine.kernels.gate(y + from, siluZ + from, gated + from, gateShift[i % nHeads], headDim);
    }
  }
}

function lookup(
  table: Int16Array,
  v: Int16Array,
  from: number,
  out: Int16Array,
  target: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) out[target + i] = table[v[from + i] & 0xffff];
}
