/** Vivado on the project of a board: makes the project, builds the bitstream and reads the reports, or loads the bitstream. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { boardFolder, emitBoard } from '../../emit/board/board-project.js';
import { bannerOf } from '../../emit/project/banner.js';
import { ToolMissing, UserError } from '../../errors.js';
import { boardOf } from '../../plan/board/board.js';
import { bufferWordsOn } from '../../plan/board/memory-model.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { writeText } from '../../util/write-error.js';
import { findNamed } from '../programs/doctor.js';
import { missing, run } from '../programs/run.js';
import { writeRtl } from '../synth/project.js';
import {
  type BoardArea,
  type BoardCell,
  type BoardPower,
  type BoardTiming,
  parseHierarchy,
  parsePower,
  parseTiming,
  parseUtilization,
} from './reports.js';

/** What to do with Vivado. */
export const BOARD_STEPS = ['project', 'build', 'program'] as const;
export type BoardStep = (typeof BOARD_STEPS)[number];

export interface BoardRequest {
  readonly planned: PlannedAccelerator;
  /** Folder for RTL, Tcl and what Vivado makes. */
  readonly project: string;
  /** For the banners. */
  readonly command: string;
  readonly timeoutSeconds?: number;
}

/** What was built. */
export interface BoardBuild {
  readonly version: string;
  readonly bitstream: string;
  readonly area: BoardArea;
  /** Of the cells of the block design. */
  readonly cells: readonly BoardCell[];
  readonly timing: BoardTiming;
  readonly power: BoardPower;
}

const output = (project: string, name: string) => join(project, 'build', 'board', name);

/** Version of Vivado. Throws ToolMissing in one line where it is not here. */
export async function requireVivado(): Promise<string> {
  const { found, version } = await findNamed('vivado');
  if (!found) throw new ToolMissing(`board did not run: ${missing('vivado').message}`);
  return version ?? 'of unknown version';
}

/** Throws UserError for a device of whose board nothing is known. */
export function requireBoard({ device }: Pick<PlannedAccelerator, 'device'>) {
  const board = boardOf(device);
  if (!board)
    throw new UserError(
      `board: nothing is known of the pins of ${device.name}: found ${device.board === undefined ? 'no field board in its file' : `no devices/${device.board}/board.json`}`,
    );
  return board;
}

/** Writes RTL and the board's files anew. Throws UserError where the board cannot carry the kernel. */
export function writeBoardProject({ planned, project, command }: BoardRequest): void {
  const { layer, device, plan } = planned;
  const board = requireBoard(planned);
  const origin = { model: plan.model.name, planDigest: plan.digest.slice(0, 12), command };
  const banner = bannerOf(layer.network, origin);
  const bufferWords = bufferWordsOn(device);
  const files = emitBoard({ ...origin, network: layer.network, device, board, banner, bufferWords });
  writeRtl(planned, project);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeText(join(project, path), text);
  }
}

/** Makes the project, no more. */
export const makeProject = (request: BoardRequest) => vivado(request, 'project', []);

/** Loads the bitstream that was built. Throws UserError where none was. */
export async function programBoard(request: BoardRequest): Promise<void> {
  const bitstream = output(request.project, 'board.bit');
  if (!existsSync(bitstream)) throw new UserError(`board: no ${bitstream}; fastmamba board builds it`);
  await vivado(request, 'program', []);
}

/** From the sources to the bitstream. Throws CheckFailed where Vivado fails or a report lacks what is read. */
export async function buildBoard(request: BoardRequest, version: string): Promise<BoardBuild> {
  const at = (name: string) => output(request.project, name);
  const reports = ['utilization.rpt', 'utilization_hierarchical.rpt', 'timing.rpt', 'power.rpt'].map(at);
  const bitstream = at('board.bit');
  await vivado(request, 'build', [bitstream, ...reports]);
  const [whole, cells, timing, power] = reports;
  const read = <T>(parse: (text: string, file: string) => T, file: string) =>
    parse(readFileSync(file, 'utf8'), file);
  return {
    ...{ version, bitstream },
    area: read(parseUtilization, whole),
    cells: read(parseHierarchy, cells),
    timing: read(parseTiming, timing),
    power: read(parsePower, power),
  };
}

async function vivado(
  { project, timeoutSeconds = 24 * 3600 }: BoardRequest,
  step: BoardStep,
  outputs: string[],
) {
  const args = ['-mode', 'batch', '-nojournal', '-nolog', '-source', join(boardFolder, `${step}.tcl`)];
  const log = join(project, 'build', `board_${step}.log`);
  await run('vivado', args, { cwd: project, log, timeoutSeconds, outputs });
}
