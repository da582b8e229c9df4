/**
 * FastMamba as a library, in the order of the work: a checkpoint is opened and quantized; the golden model says what its integers are; an
 * accelerator is planned for a device and written as a project; the project is simulated as C++ and as RTL. Units of one's own are written
 * in the kernel language and go the same way. Functions throw the errors listed first; a difference between simulation and golden model is a
 * result, no error.
 *
 * @packageDocumentation
 */

// Errors.
export { CheckFailed, FastMambaError, ToolMissing, UserError } from './errors.js';
// Measuring accuracy.
export {
  EVAL_WINDOW,
  type EvalSource,
  evalPerplexity,
  type Perplexity,
  type PerplexityRequest,
} from './eval/perplexity.js';
// The kernel language: build, check, print, interpret, simulate.
export {
  type LoopSpec,
  type NestOptions,
  NetworkBuilder,
  type ProcessBuilder,
  type RegisterHandle,
} from './kernel/builder.js';
export { type Boundary, checkNetwork, networkProblems } from './kernel/check.js';
export {
  type CallOptions,
  type CallResult,
  interpret,
  type KernelCall,
  type Lanes,
  makeLanes,
} from './kernel/interpret.js';
export type { Channel, Network, Port, Process, Ram, Rom, Scalar } from './kernel/ir.js';
export { KernelError } from './kernel/kernel-error.js';
export { printNetwork } from './kernel/print.js';
export { type SimulateOptions, type SimulationReport, simulate } from './kernel/simulate.js';
export { type DataType, type ElementType, type Shape, sint, typeOf, uint } from './kernel/type.js';
export type { Operand, Val } from './kernel/value.js';
// Planning, projects, simulation.
export { type AcceleratorPlan, type PlanChoices, type PlannedModel, planFor } from './library/plan-for.js';
export {
  type CppRequest,
  type EmitRequest,
  emitProject,
  openProject,
  type Project,
  type RtlRequest,
  simulateCpp,
  simulateRtl,
  type Tell,
  type WrittenProject,
} from './library/project.js';
export { type QuantizeRequest, quantize, quantizeInMemory } from './library/quantize.js';
// Units of one's own as projects.
export { simulateUnitCpp, simulateUnitRtl, synthesizeUnit, type UnitRtlRequest } from './library/unit.js';
// Checkpoints, tokenizer, float model.
export { type Checkpoint, openCheckpoint, type Tensor, type TensorName } from './model/checkpoint.js';
export { type Mamba2Config, parseConfig } from './model/config.js';
export { FloatModel } from './model/float-model.js';
export { PUBLISHED_SIZES, type PublishedSize, publishedConfig } from './model/published-sizes.js';
export { makeSyntheticCheckpoint, NAMED_SHAPES, type SyntheticOptions } from './model/synthetic.js';
export { readTokens } from './model/token-file.js';
export { loadTokenizer, type Tokenizer } from './model/tokenizer.js';
export { type Device, loadDevice } from './plan/device.js';
export type { FrontPoint, Plan } from './plan/plan-types.js';
export { PRESETS, type Preset } from './plan/presets.js';
export type { Resources } from './plan/resources.js';
export type { Purpose } from './plan/search/workload.js';
// Quantized models and their golden model.
export { type Artifact, openArtifact as loadQuantized } from './quant/artifact.js';
export { GoldenModel, type GoldenModelOptions } from './quant/golden-model.js';
export type { GoldenData, GoldenObserver, GoldenTap } from './quant/golden-observer.js';
export { modelOfParts, type QuantizedParts } from './quant/quantize-memory.js';
export type {
  HadamardMode,
  NauVariant,
  QuantizedHead,
  QuantizedLayer,
  QuantizedLinear,
  QuantizedModel,
  QuantizedNorm,
  QuantizedScalars,
  QuantOptions,
} from './quant/types.js';
// What simulations and synthesis found.
export type { CosimFigures } from './report/cosim-report.js';
export { scheduleNetwork } from './schedule/asap.js';
export type { Schedule } from './schedule/schedule.js';
export type { CosimEngine } from './tools/cosim.js';
export type { CsimMode } from './tools/csim.js';
export type { ModelCsimResult, UnitResult } from './tools/model-csim.js';
export type { SynthResult, SynthUnit } from './tools/synth.js';
export { packagePath, packageVersion } from './util/package-path.js';
export { emitUnit, type UnitCall, type UnitOptions, type UnitProject } from './verify/unit-project.js';
