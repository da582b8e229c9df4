/** The C++ compiler that simulations are compiled with: what the variable CXX names, else g++, else clang++. */
import { ToolMissing } from '../errors.js';
import { KNOWN_TOOLS } from './programs/doctor-tools.js';
import { hasRun, start } from './programs/start.js';

export interface CppCompiler {
  /** As it is called. */
  readonly program: string;
  /** By what it says of itself: on macOS g++ is clang. */
  readonly kind: 'gcc' | 'clang';
  readonly version: string | null;
  /** All that it says of itself: the key of what it has compiled. */
  readonly about: string;
}

const CANDIDATES = ['g++', 'clang++'] as const;
const { enables, get } = KNOWN_TOOLS.find(({ name }) => name === 'g++')!;

/** Finds it; asks each for its version. Throws ToolMissing where there is none. */
export async function findCompiler(environment: NodeJS.ProcessEnv = process.env): Promise<CppCompiler> {
  const chosen = environment.CXX;
  for (const program of chosen ? [chosen] : CANDIDATES) {
    const found = await ask(program);
    if (found) return found;
  }
  const name = chosen ? `${chosen}, which the variable CXX names` : 'g++ or clang++';
  throw new ToolMissing(`${name}: not found; a C++ compiler is needed for ${enables}. To get one: ${get}`);
}

/** What `program` is; undefined where it is not there. */
async function ask(program: string): Promise<CppCompiler | undefined> {
  const answer = await start(program, ['-v'], { all: true, stdin: 'ignore', timeout: 60_000 });
  if (!hasRun(answer)) return undefined;
  const about = answer.all;
  const version = /\b(?:clang|gcc) version (\d[\d.]*)/.exec(about)?.[1] ?? null;
  return { program, kind: /clang version/.test(about) ? 'clang' : 'gcc', version, about };
}

/** Flags for the machine that compiles: all its instructions, and what its system wants for coroutines (ucontext). */
export function machineFlags(
  kind: CppCompiler['kind'],
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): string[] {
  const native = kind === 'clang' && arch === 'arm64' ? '-mcpu=native' : '-march=native';
  const ucontext = ['-D_XOPEN_SOURCE=600', '-D_DARWIN_C_SOURCE', '-Wno-deprecated-declarations'];
  return platform === 'darwin' ? [native, ...ucontext] : [native];
}

/** Libraries that a compiler leaves a part of its work to. */
export function machineLibraries(
  kind: CppCompiler['kind'],
  { platform }: Pick<NodeJS.Process, 'platform'> = process,
): string[] {
  // Verilator asks whether an atomic is free of locks: g++ answers itself.
  return kind === 'clang' && platform === 'linux' ? ['atomic'] : [];
}
