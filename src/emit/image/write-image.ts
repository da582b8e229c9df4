/** Writes the memory image as files, one a region, with sizes and checksums for its manifest. */
import { createHash, type Hash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryLayout, regionLayout } from '../../plan/board/layout.js';
import type { QuantizedModel } from '../../quant/types.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { imageRegions, walkImage } from './image.js';
import type { ImageFile } from './manifest.js';

/** Writes `<region>.bin` for every constant region into `folder` (made if absent). One tile row of weights is in memory at a time. */
export async function writeImage(
  model: QuantizedModel,
  shape: AcceleratorShape,
  folder: string,
  onLayer?: (done: number, of: number) => void,
): Promise<ImageFile[]> {
  await mkdir(folder, { recursive: true });
  const layout = memoryLayout(shape, model.config.nLayers);
  const names = imageRegions(shape);
  const outputs = new Map<string, { handle: Awaited<ReturnType<typeof open>>; hash: Hash; bytes: number }>();
  try {
    for (const name of names) {
      const handle = await open(join(folder, `${name}.bin`), 'w');
      outputs.set(name, { handle, hash: createHash('sha256'), bytes: 0 });
    }
    await walkImage(
      model,
      shape,
      async (region, bytes) => {
        const output = outputs.get(region)!;
        output.hash.update(bytes);
        output.bytes += bytes.length;
        await output.handle.writeFile(bytes);
      },
      onLayer,
    );
  } finally {
    for (const { handle } of outputs.values()) await handle.close();
  }
  return names.map((region) => {
    const { hash, bytes } = outputs.get(region)!;
    const { wordBytes, layerWords } = regionLayout(layout, region);
    return { region, file: `${region}.bin`, bytes, sha256: hash.digest('hex'), wordBytes, layerWords };
  });
}
