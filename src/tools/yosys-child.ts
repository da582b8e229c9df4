/**
 * Text of the program that runs the npm package's Yosys in a Node process of its own, so that its memory, a time limit and Ctrl-C are its own
 * affair. A text, because the command line also runs from the sources, where a second entry file would not be JavaScript.
 *
 * It reads one JSON object from its input (`module`, `folder`, `inputs`, `outputs`, `args`), gives Yosys the inputs as a file tree and writes
 * the outputs back into the folder. Output is written at once: inside WebAssembly nothing else would empty a buffer.
 */
export const yosysChild = `
import { mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
const { module, folder, inputs, outputs, args } = JSON.parse(readFileSync(0, 'utf8'));
const { runYosys, Exit } = await import(module);
const tree = {};
const place = (path) => {
  const parts = path.split('/');
  const last = parts.pop();
  return [parts.reduce((folder, part) => (folder[part] ??= {}), tree), last];
};
for (const path of outputs) place(path);
for (const path of inputs) {
  const [inside, name] = place(path);
  inside[name] = new Uint8Array(readFileSync(join(folder, path)));
}
const print = (bytes) => {
  for (let at = 0; bytes !== null && at < bytes.length; ) at += writeSync(1, bytes, at);
};
const find = (files, path) => path.split('/').reduce((inside, part) => inside?.[part], files);
try {
  const files = await runYosys(args, tree, { stdout: print, stderr: print, decodeASCII: false });
  for (const path of outputs) {
    const bytes = find(files, path);
    if (bytes === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  process.exitCode = error.code || 1;
}
`;
