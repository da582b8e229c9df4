/** A program that passes for Vivado where only its exit code and its reports matter: it leaves the samples of test/data/vivado. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/util/package-path.js';

/** Makes it in a folder of its own below `folder`; gives the PATH in which it is found. */
export function pretendVivado(folder: string): string {
  const bin = join(folder, 'bin-vivado');
  const reports = packagePath('test', 'data', 'vivado');
  mkdirSync(bin, { recursive: true });
  const script = [
    '#!/bin/sh',
    '[ "$1" = -version ] && echo "Vivado v2023.2 (64-bit)" && exit',
    'for last; do :; done',
    'test -f "$last" || exit 1',
    '[ "$last" = vitis/board/program.tcl ] && { test -f build/board/board.bit; exit; }',
    'mkdir -p build/board',
    '[ "$last" = vitis/board/project.tcl ] && exit',
    `cp '${reports}'/*.rpt build/board && : > build/board/board.bit`,
  ];
  writeFileSync(join(bin, 'vivado'), `${script.join('\n')}\n`);
  chmodSync(join(bin, 'vivado'), 0o755);
  return `${bin}:${process.env.PATH}`;
}
