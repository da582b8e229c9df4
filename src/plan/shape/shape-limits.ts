/** Sizes that shapes of an accelerator have in common, whoever chooses them: words of the board's ports, call lengths, matrices of the arrays. */
import { STREAM_BITS } from '../../kernel/type.js';
import { convFields } from '../../units/movement/conv-params.js';
import { type AcceleratorShape, type ArrayShape, type ModelDims, weightFormat } from '../../units/shape.js';
import { dividingPower, powerBelow } from '../../util/powers-of-two.js';
import type { Device } from '../board/device.js';
import type { TiledMatrix } from './array-shapes.js';

/** Longest call in tokens; longer prompts take several calls. */
export const MAX_TOKENS = 4096;
/** Bytes of a board's port word (512 bits). */
export const PORT_BYTES = 64;
/** Most lanes of a vector engine. With the four fields of the rescale, 16 bits each, they are still a word that a stream takes. */
export const MOST_LANES = 64;

/** Weight matrices of the two arrays. */
export function matrices(dims: ModelDims): { in: TiledMatrix; out: TiledMatrix } {
  const xbc = dims.dInner + 2 * dims.nGroups * dims.dState;
  return {
    in: { sections: [dims.nHeads, xbc, dims.dInner], width: dims.dModel },
    out: { sections: [dims.dModel], width: dims.dInner },
  };
}

/** Most lanes of a word that never mixes B, C, x and z: rescale and convolution. */
export function sectionLanes(dims: ModelDims, most = MOST_LANES): number {
  return Math.min(dividingPower(dims.dInner, most), dividingPower(dims.nGroups * dims.dState, most));
}

/** Most lanes of the convolution: a group's parameters, 16 bits a field and lane, are one word of a stream. */
export function convolutionLanes(dims: ModelDims, most = MOST_LANES): number {
  const fitting = powerBelow(STREAM_BITS / (16 * convFields(dims.convKernel)));
  return sectionLanes(dims, Math.min(most, fitting));
}

/** Bytes that all weight ports bring in a cycle. */
export function streamBytes(device: Device): number {
  return dividingPower(2 ** 16, device.memory.channels) * PORT_BYTES;
}

/** Weights of in_proj and out_proj in these bytes. */
export function streamWeights(dims: ModelDims, device: Device): number {
  return (streamBytes(device) * 8) / weightFormat(dims).bits;
}

/** A port word a memory channel, less where an array's tile does not hold that many weights. */
export function weightPorts(
  inProj: ArrayShape,
  outProj: ArrayShape,
  dims: ModelDims,
  device: Device,
): Pick<AcceleratorShape, 'weightLanes' | 'weightPorts'> {
  const channels = dividingPower(2 ** 16, device.memory.channels);
  const inByte = 8 / weightFormat(dims).bits;
  const most = Math.min(
    dividingPower(inProj.rows * inProj.cols),
    dividingPower(outProj.rows * outProj.cols),
    channels * PORT_BYTES * inByte,
  );
  const ports = Math.min(channels, most / inByte);
  return { weightPorts: ports, weightLanes: most / inByte / ports };
}

/** Weights fetched ahead cover the vector work before an array, so that the stream never stops in decode. */
export function fifoWords(shape: AcceleratorShape): number {
  const pipelineCycles = 200;
  return Math.min(1024, Math.max(64, 2 * powerBelow(decodePath(shape) + pipelineCycles)));
}

/** Cycles of the vector work of a token that no weight stream hides: norm and HAT before in_proj, gate to HAT before out_proj, the residual rows after it. */
export function decodePath({ dims, normLanes, gateLanes, addLanes }: AcceleratorShape): number {
  return (2 * dims.dModel) / normLanes + (3 * dims.dInner) / gateLanes + (3 * dims.dModel) / addLanes;
}
