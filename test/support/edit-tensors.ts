/** A checkpoint with other weights: changes F32 tensors of a .safetensors file where they lie. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Replaces every value of the tensors whose names end with `ending`. Throws where there is none. */
export function editTensors(file: string, ending: string, edit: (value: number) => number): void {
  const bytes = readFileSync(file);
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes)) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  const found = Object.entries(header).filter(
    ([name, { dtype }]) => name.endsWith(ending) && dtype === 'F32',
  );
  if (found.length === 0) throw new Error(`${file}: no F32 tensor ...${ending}`);
  for (const [, { data_offsets: range }] of found) {
    for (let at = range[0]; at < range[1]; at += 4) {
      const place = 8 + headerBytes + at;
      bytes.writeFloatLE(edit(bytes.readFloatLE(place)), place);
    }
  }
  writeFileSync(file, bytes);
}
