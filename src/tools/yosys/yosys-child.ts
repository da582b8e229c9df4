/**
 * Text of the program that runs the npm package's Yosys in a Node process of its own, so that its memory, a time limit and Ctrl-C are its own
 * affair. A text, because the command line also runs from the sources, where a second entry file would not be JavaScript.
 *
 * It reads one JSON object from its input (`module`, `folder`, `inputs`, `outputs`, `args`), gives Yosys the inputs as a file tree and writes
 * the outputs back into the folder. Output is written at once: inside WebAssembly nothing else would empty a buffer. A netlist comes by the
 * standard output, between two marks: a file in the package's memory is copied as a whole for each block that is added to it, which for a
 * netlist of a hundred megabytes takes longer than the synthesis.
 */

/** Begins the line before a netlist, which names its file, and the line after it. */
export const netlistMark = 'fastmamba-netlist';

export const yosysChild = `
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
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
const write = (file, bytes) => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
};
const mark = '${netlistMark}';
let netlist = null;
let began = false;
let rest = Buffer.alloc(0);
const print = (bytes) => {
  if (bytes === null) return;
  const all = Buffer.concat([rest, bytes]);
  const end = all.lastIndexOf(10) + 1;
  rest = all.subarray(end);
  for (let block = all.subarray(0, end); block.length > 0; ) {
    const at = block.indexOf(mark);
    const part = at < 0 ? block : block.subarray(0, at);
    // What Yosys says before it writes belongs to the log.
    const found = netlist === null || began ? 0 : part.indexOf('{');
    const from = found < 0 ? part.length : found;
    write(1, part.subarray(0, from));
    write(netlist ?? 1, part.subarray(from));
    began ||= found >= 0;
    if (at < 0) return;
    const line = block.subarray(at, block.indexOf(10, at)).toString();
    block = block.subarray(block.indexOf(10, at) + 1);
    if (netlist !== null) closeSync(netlist);
    const path = line.slice(mark.length).trim();
    netlist = path === '' ? null : openSync(join(folder, path), 'w');
    began = false;
  }
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
write(1, rest);
`;
