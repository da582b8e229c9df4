/**
 * A unit of one's own, from the idea to its cells. The idea: soft thresholding, which pulls every value towards zero by `threshold` and leaves
 * nothing of what is smaller. Four values a cycle.
 */
import {
  emitUnit,
  interpret,
  loadDevice,
  NetworkBuilder,
  simulateUnitCpp,
  simulateUnitRtl,
  sint,
  synthesizeUnit,
  typeOf,
} from 'fastmamba';

// 1. The unit in the kernel language: channels, a run-time argument, and one process that reads, computes and writes.
const net = new NetworkBuilder('shrink', 'Soft thresholding of a stream.');
const word = typeOf(sint(16), 4);
const words = net.scalar('words', 0, 1000, 'words a call');
const threshold = net.scalar('threshold', 0, 32767, 'how far every value is pulled');
const from = net.channel('values', word, 'values');
const to = net.channel('shrunk', word, 'values nearer to zero');
net.process('shrink_values', 'shrink', 'Pulls every value towards zero.', (p) => {
  const distance = p.arg(threshold);
  p.nest('shrink', [{ index: 'word', bound: p.arg(words) }], () => {
    const value = p.read(from);
    const rest = value.abs().sub(distance).max(0).named('rest');
    p.write(to, value.lt(0).select(rest.neg(), rest).saturate(sint(16)));
  });
});
const network = net.build();

// 2. What it should compute, as one would say it, for a call with some values and one with the extremes.
const shrink = (value: number, by: number) => Math.sign(value) * Math.max(0, Math.abs(value) - by);
const call = (values: number[], by: number) => ({
  scalars: { words: values.length / 4, threshold: by },
  inputs: { values },
  expected: { shrunk: values.map((value) => shrink(value, by)) },
});
const some = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 2000) - 1000);
const calls = [call(some, 250), call([-32768, 32767, 0, -1], 0)];

// 3. The interpreter gives the integers of the network without any tool.
for (const one of calls) {
  const { shrunk } = interpret(network, one).channels;
  const differs = one.expected.shrunk.findIndex((value, i) => Number(shrunk[i]) !== value);
  if (differs >= 0) throw new Error(`value ${differs}: the network differs from the idea`);
}

// 4. The same network as C++ for Vitis HLS and as SystemVerilog, each simulated, every word compared with what it should be.
const unit = await emitUnit(network, 'build/own-unit', await loadDevice('vc709'));
const cpp = await simulateUnitCpp(unit, calls);
const rtl = await simulateUnitRtl(unit, calls, { engine: 'cxxrtl' });
for (const { problems } of [cpp, rtl]) if (problems.length > 0) throw new Error(problems[0]);
console.log(`C++: ${cpp.words} words equal`);
console.log(`RTL: ${rtl.words} words equal, ${rtl.cycles} cycles measured, ${rtl.plannedCycles} planned`);

// 5. What it takes of the FPGA.
const { units, total, tool } = await synthesizeUnit(unit, { tool: 'yowasp' });
const path = units.find(({ module }) => module === 'shrink_values')!.path!;
console.log(`Cells (${tool.kind} ${tool.version}): ${total.lut} LUT, ${total.ff} FF, ${total.dsp} DSP`);
console.log(`Longest stage: ${path.ns.toFixed(2)} ns, from ${path.from} to ${path.to}`);
