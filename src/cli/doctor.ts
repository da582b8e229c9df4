/** `fastmamba doctor`: which tools are on this machine, what each is for, and how to get the others. Always exits 0. */
import type { Command } from 'commander';
import type { DoctorResult } from '../schema/doctor.js';
import { compilerInUse, findTools } from '../tools/programs/doctor.js';
import { packageVersion } from '../util/package-path.js';
import { addJsonOption, type JsonOption } from './support/options.js';
import { printResult } from './support/output.js';

export function addDoctor(program: Command): void {
  const command = program.command('doctor').description('which tools are here and what each enables');
  addJsonOption(command).action(doctor);
}

async function doctor(options: JsonOption): Promise<void> {
  const [tools, compiler] = await Promise.all([findTools(), compilerInUse()]);
  const result: DoctorResult = { fastmamba: packageVersion(), node: process.versions.node, compiler, tools };
  printResult(options, result, () => {
    const lines = tools.map(({ name, found, version, enables, get, isNeeded }) => {
      const state = found ? (version ?? 'found') : isNeeded ? 'MISSING' : 'not here';
      const advice = found ? '' : `\n${' '.repeat(24)}get it: ${get}`;
      return `${name.padEnd(12)}${state.padEnd(12)}${enables}${advice}`;
    });
    const used = compiler ? `${compiler.program} ${compiler.version ?? ''}`.trimEnd() : 'no C++ compiler';
    return [`fastmamba ${result.fastmamba}, Node ${result.node}, ${used}`, '', ...lines].join('\n');
  });
}
