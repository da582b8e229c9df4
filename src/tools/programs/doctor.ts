/** Which of the known programs are on this machine. Asks each for its version; nothing is assumed of one that does not answer. */
import { ToolMissing } from '../../errors.js';
import { type CppCompiler, findCompiler } from '../cpp-compiler.js';
import { KNOWN_TOOLS, type KnownTool } from './doctor-tools.js';
import { hasRun, start } from './start.js';

/** Vendor tools take seconds to start. */
const TIMEOUT_MILLISECONDS = 60_000;

/** What was found of one program. */
export interface FoundTool {
  readonly name: string;
  readonly found: boolean;
  /** As the program prints it; null when it is not there or says none. */
  readonly version: string | null;
  readonly enables: string;
  readonly get: string;
  /** Whether a command cannot do without it, and nothing here serves instead. */
  readonly isNeeded: boolean;
}

/** Looks for all known programs, at the same time. */
export async function findTools(): Promise<FoundTool[]> {
  const tools = await Promise.all(KNOWN_TOOLS.map(findTool));
  const isHere = (wanted: string | undefined) => tools.some(({ name, found }) => found && name === wanted);
  return tools.map((tool, i) => ({ ...tool, isNeeded: tool.isNeeded && !isHere(KNOWN_TOOLS[i].instead) }));
}

/** The C++ compiler that simulations use; null where there is none. */
export async function compilerInUse(): Promise<Pick<CppCompiler, 'program' | 'version'> | null> {
  try {
    const { program, version } = await findCompiler();
    return { program, version };
  } catch (error) {
    if (error instanceof ToolMissing) return null;
    throw error;
  }
}

/** Looks for one of the known programs by its name. */
export function findNamed(wanted: KnownTool['name']): Promise<FoundTool> {
  return findTool(KNOWN_TOOLS.find(({ name }) => name === wanted)!);
}

/** Looks for one program: in PATH, or among the installed packages. */
export async function findTool(tool: KnownTool): Promise<FoundTool> {
  const { name, enables, get, isNeeded } = tool;
  if ('npmVersion' in tool) {
    const version = tool.npmVersion();
    return { name, found: version !== null, version, enables, get, isNeeded };
  }
  const answer = await start(name, tool.versionArguments, {
    all: true,
    stdin: 'ignore',
    timeout: TIMEOUT_MILLISECONDS,
  });
  const found = hasRun(answer);
  const version = found ? (tool.version.exec(answer.all)?.[1] ?? null) : null;
  return { name, found, version, enables, get, isNeeded };
}
