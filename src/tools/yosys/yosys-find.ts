/** Which Yosys there is: a native one in PATH that is recent enough, else the WebAssembly build among the npm packages. */
import { ToolMissing } from '../../errors.js';
import { missing } from '../programs/run.js';
import { start } from '../programs/start.js';
import { findYowasp } from '../programs/yowasp.js';

/** yosys: the program in PATH; yowasp: the npm package. */
export type YosysKind = 'yosys' | 'yowasp';

export interface FoundYosys {
  readonly kind: YosysKind;
  /** 0.55, say. */
  readonly version: string;
  /** Module of the npm package; empty for the program. */
  readonly module: string;
}

/** Oldest release whose SystemVerilog and Xilinx mapping are what the emitted RTL is tested with. */
export const oldestYosys = '0.40';

/**
 * The one asked for, or the best there is. Throws ToolMissing when there is none, or the one asked for is not here or too
 * old.
 */
export async function findYosys(kind?: YosysKind): Promise<FoundYosys> {
  if (kind !== 'yowasp') {
    const version = await nativeVersion();
    if (version !== null && isRecent(version)) return { kind: 'yosys', version, module: '' };
    if (kind === 'yosys') {
      if (version === null) throw missing('yosys');
      throw new ToolMissing(
        `yosys: found ${version}, expected at least ${oldestYosys}; or use --tool yowasp`,
      );
    }
  }
  const found = findYowasp();
  if (!found) throw missing('yowasp');
  return { kind: 'yowasp', ...found };
}

/** Version of the program in PATH as it prints it; null where there is none. */
async function nativeVersion(): Promise<string | null> {
  const answer = await start('yosys', ['-V'], { stdin: 'ignore', timeout: 60_000 });
  return /^Yosys (\S+)/m.exec(answer.stdout ?? '')?.[1] ?? null;
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [oldMajor, oldMinor] = oldestYosys.split('.').map(Number) as [number, number];
  return major > oldMajor || (major === oldMajor && minor >= oldMinor);
}
