/**
 * The memory image: everything the accelerator reads that does not change while it runs, in streaming order, a layer at a time. The same
 * walk fills a folder (one file a region) or memory (for the interpreter).
 */

import { memoryLayout, regionLayout } from '../../plan/board/layout.js';
import type { QuantizedHead, QuantizedLayer, QuantizedModel } from '../../quant/types.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { layerParams, rescaleFields, weightTiles } from './encode.js';
import { inProjRows, plainRows } from './rows.js';

/** Takes the bytes of a region in order. */
export type ImageSink = (region: string, bytes: Uint8Array) => void | Promise<void>;

/** Constant regions: names as in `memoryLayout`; weights have the number of their port at the end. */
export function imageRegions(shape: AcceleratorShape): string[] {
  const stripes = (name: string) => Array.from({ length: shape.weightPorts }, (_, i) => `${name}_${i}`);
  return [
    ...stripes('weights_in'),
    ...stripes('weights_out'),
    'rescale_in_params',
    'rescale_out_params',
    'layer_params',
  ];
}

/** Walks the model once and hands every region's bytes to `sink`, layer after layer, the LM head last. */
export async function walkImage(
  model: QuantizedModel,
  shape: AcceleratorShape,
  sink: ImageSink,
  onLayer: (done: number, of: number) => void = () => {},
): Promise<void> {
  const { nLayers } = model.config;
  const layout = memoryLayout(shape, nLayers);
  const written = new Map<string, number>();
  const counted: ImageSink = (region, bytes) => {
    written.set(region, (written.get(region) ?? 0) + bytes.length);
    return sink(region, bytes);
  };
  for (let index = 0; index < nLayers; index++) {
    await layerImage(await model.layer(index), shape, counted);
    for (const region of imageRegions(shape)) {
      const { wordBytes, layerWords } = regionLayout(layout, region);
      const padding = (index + 1) * layerWords * wordBytes - (written.get(region) ?? 0);
      if (padding > 0) await counted(region, new Uint8Array(padding));
    }
    onLayer(index + 1, nLayers + 1);
  }
  await headImage(await model.head(), shape, sink);
  onLayer(nLayers + 1, nLayers + 1);
}

async function layerImage(layer: QuantizedLayer, shape: AcceleratorShape, sink: ImageSink): Promise<void> {
  const inRows = inProjRows(shape);
  const outRows = plainRows(layer.outProj.rows, shape.outProj.rows);
  const { weightsIn, weightsOut } = shape.sizes;
  for (const ports of weightTiles(layer.inProj, inRows, shape.inProj, shape, weightsIn))
    await stripes('weights_in', ports, sink);
  for (const ports of weightTiles(layer.outProj, outRows, shape.outProj, shape, weightsOut))
    await stripes('weights_out', ports, sink);
  await sink('rescale_in_params', bytesOf(rescaleFields(layer.inProj, inRows)));
  await sink('rescale_out_params', bytesOf(rescaleFields(layer.outProj, outRows)));
  await sink('layer_params', bytesOf(layerParams(layer, shape)));
}

async function headImage(head: QuantizedHead, shape: AcceleratorShape, sink: ImageSink): Promise<void> {
  const rows = plainRows(head.lmHead.rows, shape.inProj.rows);
  for (const ports of weightTiles(head.lmHead, rows, shape.inProj, shape, shape.sizes.weightsHead))
    await stripes('weights_in', ports, sink);
  await sink('rescale_in_params', bytesOf(rescaleFields(head.lmHead, rows)));
}

async function stripes(region: string, ports: readonly Uint8Array[], sink: ImageSink): Promise<void> {
  for (const [port, bytes] of ports.entries()) await sink(`${region}_${port}`, bytes);
}

/** The bytes of a typed array, little-endian as the hosts we run on (and the accelerator) have them. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The image in memory, by region. */
export async function imageInMemory(
  model: QuantizedModel,
  shape: AcceleratorShape,
): Promise<Map<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array[]>(imageRegions(shape).map((name) => [name, []]));
  await walkImage(model, shape, (region, bytes) => {
    parts.get(region)!.push(bytes);
  });
  return new Map([...parts].map(([name, list]) => [name, new Uint8Array(Buffer.concat(list))]));
}
