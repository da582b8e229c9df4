/** What to plan. What a request leaves open is filled in here and nowhere else. */
import { UserError } from '../errors.js';
import { accumulatorSteps } from '../units/layer/slots.js';
import type { AcceleratorShape, ModelDims } from '../units/shape.js';
import type { Resources } from './area/resources.js';
import type { Device } from './board/device.js';
import { budgetOf, type ShellChoice, shellOf } from './budget.js';
import { DEFAULT_WORKLOAD, type Preset } from './search/presets.js';
import type { Purpose, Workload } from './search/workload.js';
import { MAX_TOKENS } from './shape/shape-limits.js';

/** What to plan; what is left out is for the planner to choose. */
export interface PlanRequest {
  /** Name of the model, for people; `model` when absent. */
  readonly name?: string | undefined;
  /** `auto` when absent: searched. */
  readonly preset?: Preset | undefined;
  /** Tokens a chunk; the preset's own when absent. */
  readonly chunkTokens?: number | undefined;
  /** What `auto` shall be fast at: prompts, single tokens, or both (when absent). */
  readonly purpose?: Purpose | undefined;
  /** What `auto` may use of the device; the planner's margins, without the shell's share, where absent. */
  readonly limit?: Partial<Resources> | undefined;
  /** Whether the margins have room for the board's shell; they have when absent. */
  readonly shell?: ShellChoice | undefined;
  /** Prompt lengths that prefill is planned for, in tokens. */
  readonly prefillTokens?: readonly number[] | undefined;
  /** Numbers of sequences that decode of a token each is planned for, in one call; none when absent: each takes as long to time as a prompt. */
  readonly sequences?: readonly number[] | undefined;
}

/** A request with the model's dimensions and the device. */
export interface AcceleratorRequest extends PlanRequest {
  readonly layers: number;
  readonly dims: ModelDims;
  readonly device: Device;
  /** A shape of one's own, in place of a preset's. */
  readonly shape?: AcceleratorShape | undefined;
}

/** A request in which nothing is left open but the shape. */
export interface CompleteRequest {
  readonly name: string;
  readonly layers: number;
  readonly dims: ModelDims;
  readonly device: Device;
  readonly preset: Preset;
  readonly chunkTokens: number | undefined;
  readonly shape: AcceleratorShape | undefined;
  readonly limit: Resources;
  /** What the board takes beside the kernel; null where that is not counted. */
  readonly shellArea: Resources | null;
  readonly workload: Workload;
  readonly prefillTokens: readonly number[];
  readonly sequences: readonly number[];
}

/** Prompt lengths of a plan unless told otherwise. */
const PREFILL_TOKENS = [64, 512, 2048];
/** Speeds are timed on calls of up to so many chunks. */
const MOST_TIMED_CHUNKS = 4;

/** Fills in what was left out. Throws UserError for a chunk that no accelerator can have and for a purpose that a preset does not look at. */
export function completeRequest(request: AcceleratorRequest): CompleteRequest {
  const { layers, dims, device, chunkTokens, shape, purpose = DEFAULT_WORKLOAD.purpose } = request;
  const { preset = 'auto' } = request;
  if (chunkTokens !== undefined) requireChunk(chunkTokens);
  if (request.purpose !== undefined && preset !== 'auto')
    throw new UserError(
      `purpose ${purpose}: found preset ${preset}, expected auto: the others have one shape`,
    );
  return {
    name: request.name ?? 'model',
    layers,
    dims,
    device,
    preset,
    chunkTokens,
    shape,
    limit: { ...budgetOf(device, request.shell), ...request.limit },
    shellArea: shellOf(device, request.shell),
    workload: { ...DEFAULT_WORKLOAD, layers, purpose },
    prefillTokens: request.prefillTokens ?? PREFILL_TOKENS,
    sequences: request.sequences ?? [],
  };
}

/** The MAT array needs a token for each step of its latency; the timed calls must not be longer than the longest call. */
function requireChunk(tokens: number): void {
  const most = MAX_TOKENS / MOST_TIMED_CHUNKS;
  if (!(Number.isInteger(tokens) && tokens >= accumulatorSteps && tokens <= most))
    throw new UserError(
      `chunk: found ${tokens}, expected ${accumulatorSteps} (the MAT array's latency) to ${most} tokens`,
    );
}
