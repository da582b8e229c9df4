/**
 * A plan: plain data that prints as JSON. Every figure in it is planned, that is computed by a model of the hardware (schedules, the timed
 * simulation of the layer network, area counts), never measured; reports must not mix them with measured or published figures.
 */
import type { AcceleratorShape, ArrayShape, ModelDims } from '../units/shape.js';
import type { Resources, UnitResources } from './area/resources.js';
import type { Traffic } from './time/traffic.js';

/** A process of the layer network. */
export interface ProcessPlan {
  readonly name: string;
  /** The paper's name of the unit, or a plain word. */
  readonly unit: string;
  /** Lanes of its widest operation, rows x columns where it is a matrix. */
  readonly lanes: readonly number[];
  /** Cycles between iterations, and stages from first to last operation: the largest of its nests. */
  readonly interval: number;
  readonly depth: number;
  readonly resources: Resources;
  /** Share of a call's cycles in which it starts an iteration: one token, and a long prompt. */
  readonly busyDecode: number;
  readonly busyPrefill: number;
}

/** A FIFO. `from` and `to` are processes. */
export interface ChannelPlan {
  readonly name: string;
  readonly type: string;
  readonly bits: number;
  readonly depth: number;
  readonly from: string;
  readonly to: string;
  readonly resources: Resources;
}

/** An external port: its AXI master, `bits` wide. */
export interface PortPlan {
  readonly name: string;
  readonly direction: 'read' | 'write';
  readonly bits: number;
  readonly resources: Resources;
}

/** What bounds a speed: an engine (a process) or the memory, and the share of the cycles in which it works. */
export interface Bound {
  readonly kind: 'engine' | 'memory';
  readonly name: string;
  readonly share: number;
}

/** Prefill of a prompt of `tokens`. */
export interface PrefillPlan {
  readonly tokens: number;
  readonly chunks: number;
  readonly layerCycles: number;
  /** Whether the timed simulation ran this very length, or it is a straight line through two that ran. */
  readonly from: 'simulation' | 'extrapolation';
  /** All layers, and the head for the last token. */
  readonly cycles: number;
  readonly tokensPerSecond: number;
  readonly bound: Bound;
}

/** One token, all layers and the head. */
export interface DecodePlan {
  readonly layerCycles: number;
  readonly headCycles: number;
  readonly cycles: number;
  readonly tokensPerSecond: number;
  readonly bound: Bound;
}

/** What no accelerator on this board could exceed with these words and arrays. */
export interface RooflinePlan {
  /** At the pins, and as long streams get it. */
  readonly pinBytesPerSecond: number;
  readonly streamBytesPerSecond: number;
  readonly decodeBytes: number;
  readonly decodeTokensPerSecondAtPins: number;
  readonly decodeTokensPerSecondOfStreams: number;
  /** Linear products a cycle of both arrays, and prefill tokens a second if they never paused. */
  readonly macsPerCycle: number;
  readonly prefillTokensPerSecondOfArrays: number;
}

/** A point of the search's Pareto front; figures are the search's estimates (planned). */
export interface FrontPoint {
  readonly shape: {
    readonly inProj: ArrayShape;
    readonly outProj: ArrayShape;
    readonly ssm: ArrayShape;
    readonly chunkTokens: number;
  };
  readonly resources: Resources;
  /** Largest share of a device resource. */
  readonly areaShare: number;
  readonly decodeTokensPerSecond: number;
  readonly prefillTokensPerSecond: number;
  readonly isChosen: boolean;
}

/** A planned accelerator: shape, every unit, FIFO and port, area, cycles, traffic, roofline. */
export interface Plan {
  readonly version: 1;
  /** Of every figure in the plan. */
  readonly figures: 'planned';
  readonly model: { readonly name: string; readonly layers: number; readonly dims: ModelDims };
  readonly preset: string;
  readonly notes: readonly string[];
  readonly device: { readonly name: string; readonly part: string; readonly clockMHz: number };
  readonly shape: Omit<AcceleratorShape, 'dims'>;
  readonly processes: readonly ProcessPlan[];
  readonly channels: readonly ChannelPlan[];
  readonly ports: readonly PortPlan[];
  /** What joins the units: top, control registers, region, and the AXI master that reads descriptors. */
  readonly frame: readonly UnitResources[];
  readonly resources: {
    readonly used: Resources;
    readonly device: Resources;
    /** What the planner allows itself of the device. */
    readonly budget: Resources;
    readonly fits: boolean;
    readonly withinBudget: boolean;
  };
  readonly decode: DecodePlan;
  readonly prefill: readonly PrefillPlan[];
  readonly traffic: { readonly decodeToken: Traffic; readonly prefillChunk: Traffic };
  readonly roofline: RooflinePlan;
  /** Of a preset that is searched. */
  readonly front?: readonly FrontPoint[];
  /** SHA-256 of what is built: dimensions, device, shape, FIFOs, as canonical JSON. Plans with the same digest are the same hardware. */
  readonly digest: string;
}
