/**
 * FastMamba as a library. A checkpoint is opened (`openCheckpoint`) and quantized (`quantize`); `GoldenModel` says what its integers are; an
 * accelerator is planned for a device (`loadDevice`, `planFor`), written as a project (`emitProject`) and simulated as C++ and as RTL
 * (`simulateCpp`, `simulateRtl`). A unit of one's own is written in the kernel language (`NetworkBuilder`) and goes the same way (`emitUnit`,
 * `simulateUnitCpp`, `simulateUnitRtl`, `synthesizeUnit`). What a user can mend is thrown as a `FastMambaError` or, in the kernel
 * language, a `KernelError`; a difference between simulation and golden model is a result, no error.
 *
 * @packageDocumentation
 */

export { CheckFailed, FastMambaError, ToolMissing, UserError } from './errors.js';
export {
  EVAL_WINDOW,
  type EvalSource,
  evalPerplexity,
  type Perplexity,
  type PerplexityRequest,
} from './eval/perplexity.js';
export {
  type LoopSpec,
  type NestOptions,
  NetworkBuilder,
  type ProcessBuilder,
  type RegisterHandle,
} from './kernel/build/network-builder.js';
export type { Operand, Val } from './kernel/build/value.js';
export { type Boundary, checkNetwork, networkProblems } from './kernel/check/network.js';
export {
  type CallOptions,
  type CallResult,
  interpret,
  type KernelCall,
  type Lanes,
  makeLanes,
} from './kernel/interpret/interpret.js';
export type { Channel, Network, Port, Process, Ram, Rom, Scalar } from './kernel/ir.js';
export { KernelError } from './kernel/kernel-error.js';
export { printNetwork } from './kernel/print.js';
export {
  type ChannelReport,
  type Deadlock,
  type ProcessReport,
  type SimulateOptions,
  type SimulationReport,
  simulate,
} from './kernel/simulate/simulate.js';
export {
  type DataType,
  type ElementType,
  type Range,
  type Shape,
  sint,
  typeOf,
  uint,
} from './kernel/type.js';
export { type PlannedModel, planFor } from './library/plan-for.js';
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
export { simulateUnitCpp, simulateUnitRtl, synthesizeUnit, type UnitRtlRequest } from './library/unit.js';
export type { Part } from './model/call.js';
export {
  type Checkpoint,
  openCheckpoint,
  type Tensor,
  type TensorName,
} from './model/checkpoint/checkpoint.js';
export { parseConfig } from './model/config/config.js';
export type { Mamba2Config } from './model/config/mamba2-config.js';
export { PUBLISHED_SIZES, type PublishedSize, publishedConfig } from './model/config/published-sizes.js';
export { FloatModel } from './model/float/model.js';
export {
  makeSyntheticCheckpoint,
  NAMED_SHAPES,
  type SyntheticOptions,
} from './model/synthetic/checkpoint.js';
export { readTokens } from './model/tokenizer/token-file.js';
export { loadTokenizer, type StreamDecoder, type Tokenizer } from './model/tokenizer/tokenizer.js';
export type { Resources, UnitResources } from './plan/area/resources.js';
export { type Device, loadDevice } from './plan/board/device.js';
export type { PlannedAccelerator } from './plan/plan.js';
export type { PlanRequest } from './plan/plan-request.js';
export type {
  Bound,
  ChannelPlan,
  DecodePlan,
  FrontPoint,
  Plan,
  PortPlan,
  PrefillPlan,
  ProcessPlan,
  RooflinePlan,
} from './plan/plan-types.js';
export { PRESETS, type Preset } from './plan/search/presets.js';
export type { Purpose } from './plan/search/workload.js';
export type { HardwareOptions } from './plan/shape/dims.js';
export { type Artifact, openArtifact as loadQuantized } from './quant/artifact/artifact.js';
export type { QuantProgress } from './quant/calibrate/calibrate.js';
export { FastModel } from './quant/fast/model.js';
export { GoldenModel } from './quant/golden/model.js';
export type { GoldenData, GoldenObserver, GoldenTap } from './quant/golden/observer.js';
export type { SlottedModelOptions as GoldenModelOptions } from './quant/golden/slotted-model.js';
export type { GoldenState } from './quant/golden/state.js';
export { modelOfParts, type QuantizedParts } from './quant/quantize/in-memory.js';
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
  TensorFracBits,
} from './quant/types.js';
export type { Schedule } from './schedule/schedule.js';
export type { CosimFigures } from './schema/cosim.js';
export type { CosimEngine } from './tools/cosim/cosim.js';
export type { CsimMode } from './tools/csim/csim.js';
export type { Area } from './tools/synth/area.js';
export type { LongestPath } from './tools/synth/path.js';
export type { SynthResult, SynthUnit } from './tools/synth/units.js';
export { packagePath, packageVersion } from './util/package-path.js';
export type { ModelCsimResult, UnitResult } from './verify/model-csim.js';
export { emitUnit, type UnitCall, type UnitOptions, type UnitProject } from './verify/unit-project.js';
