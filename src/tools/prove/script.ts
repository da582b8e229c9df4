/**
 * The Yosys script of a few jobs. Yosys makes a circuit of AND gates of each, every assertion an output; ABC, which comes with it, then
 * answers all of them in one call.
 */
import type { ProofJob } from './job.js';
import type { ProofMethod, ProofParameters } from './proof-file.js';

/** File of a job's text, and in the log the name in front of its answers. */
export const jobName = (index: number) => `job${index}`;

/** Commands, one a line. */
export function proofScript(jobs: readonly ProofJob[]): string {
  return [
    ...jobs.flatMap(circuit),
    // ABC is only called for a module that has a gate, and must give it back.
    'design -reset',
    'read_verilog <<END',
    'module nothing(input a, output y); assign y = !a; endmodule',
    'END',
    'simplemap',
    'write_file nothing.blif <<END',
    '.model netlist',
    '.inputs ys__n0',
    '.outputs ys__n1',
    '.names ys__n0 ys__n1',
    '0 1',
    '.end',
    'END',
    // A comma is a blank.
    `abc -script +${[...jobs.flatMap(questions), 'read_blif,nothing.blif'].join(';')};`,
  ].join('\n');
}

function circuit({ proof, parameters }: ProofJob, index: number): string[] {
  const name = jobName(index);
  const defines = proof.defines.map((one) => `-D ${one} `).join('');
  return [
    'design -reset',
    `read_verilog -formal -sv ${defines}${name}.sv`,
    ...(Object.keys(parameters).length > 0 ? [`chparam${settings(parameters)} ${proof.module}`] : []),
    `hierarchy -check -top ${proof.module}`,
    'proc',
    'flatten',
    'opt_expr',
    'opt_clean',
    // What is an output of the circuit is taken for a property.
    'delete -port o:*',
    'async2sync',
    'chformal -assume -early',
    'memory_collect',
    'opt_clean',
    // Whatever has no initial value begins with any.
    'formalff -setundef -clk2ff -ff2anyinit',
    'memory_map -formal',
    'formalff -clk2ff -ff2anyinit',
    'opt -fast',
    'simplemap',
    'techmap',
    'simplemap',
    'dffunmap',
    'opt -fast',
    'setundef -undriven -anyseq',
    'setundef -anyseq',
    'aigmap',
    'opt_clean',
    `write_aiger -zinit -symbols ${name}.aig`,
  ];
}

const settings = (parameters: ProofParameters) =>
  Object.entries(parameters)
    .map(([name, value]) => ` -set ${name} ${typeof value === 'string' ? `"${value}"` : value}`)
    .join('');

/** Assumptions go into the outputs, and all outputs into one. */
function questions({ method, mutant }: ProofJob, index: number): string[] {
  const own = mutant === null ? methodCommands(method) : [bounded(cyclesOf(method))];
  return [
    `read_aiger,${jobName(index)}.aig`,
    'fold',
    'orpos',
    ...own.flatMap((one) => [one, 'print_status']),
  ];
}

const bounded = (cycles: number) => `bmc3,-F,${cycles}`;
const cyclesOf = (method: ProofMethod) => ('cycles' in method ? method.cycles : 0);

/** ABC's `ind` counts the cycle that is proved, and leaves the beginning to another. */
function methodCommands(method: ProofMethod): string[] {
  if ('cycles' in method) return [bounded(method.cycles)];
  if ('reachability' in method) return ['pdr'];
  return [bounded(method.induction + 1), `ind,-F,${method.induction + 1}`];
}
