// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text of a shell
/** Streams that are full or closed, and disks that are: a line that names what could not be written, exit code 2, never a stack. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { shellQuote } from '../../src/util/shell-quote.js';

const reference = packagePath('test', 'data', 'reference', 'statespaces-bin');
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'streams-'));
  writeFileSync(join(dir, 'tokens.json'), '[1, 2, 3]');
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Runs a line of shell in which `$F` is fastmamba, `$MODEL` a small model; stderr comes back, and stdout with what the line echoes. */
async function shell(line: string): Promise<{ stdout: string; stderr: string }> {
  const errors = join(dir, 'stderr.txt');
  const f = `${shellQuote(process.execPath)} ${shellQuote(packagePath('dist', 'cli', 'main.js'))}`;
  const script = `F() { ${f} "$@"; }\nMODEL=${shellQuote(reference)}\n{ ${line.replaceAll('$F', 'F')}\n} 2>${shellQuote(errors)}`;
  const env = { CI: '1', NO_COLOR: '1' };
  const { stdout } = await execa('/bin/bash', ['-c', script], { cwd: dir, env, stripFinalNewline: false });
  return { stdout, stderr: readFileSync(errors, 'utf8') };
}

const isFull = existsSync('/dev/full') ? it : it.skip;

describe('standard output', () => {
  isFull.each([
    ['doctor', '$F doctor'],
    ['doctor --json', '$F doctor --json'],
    ['help', '$F --help'],
    ['run', '$F run --engine float --prompt a --max-tokens 3 --quiet'],
    ['run --json', '$F run --engine float --prompt a --max-tokens 3 --quiet --json'],
    ['logits', '$F logits $MODEL --engine float --tokens tokens.json --quiet'],
    ['quantize', '$F quantize $MODEL --quiet'],
    ['plan', '$F plan $MODEL --preset small --quiet'],
  ])('full: %s', async (_name, line) => {
    const { stdout, stderr } = await shell(`${line} >/dev/full; echo $?`);
    expect(stderr).toBe('fastmamba: standard output: cannot be written (ENOSPC)\n');
    expect(stdout).toBe('2\n');
  });

  it.each([
    ['plan', '$F plan $MODEL --preset small --details'],
    ['doctor', '$F doctor --json'],
    ['quantize', '$F quantize $MODEL --quiet'],
    ['help', '$F --help'],
  ])('of which nobody reads more: %s', async (_name, line) => {
    const { stdout, stderr } = await shell(`${line} | true; echo \${PIPESTATUS[0]}`);
    expect(stderr).not.toMatch(/fastmamba:|\n\s+at /);
    expect(stdout).toBe('0\n');
  });

  it('of which nobody reads more ends a generation without an end', async () => {
    const line = '$F run --engine float --prompt a --max-tokens 999999999 --quiet | head -c 20 | wc -c';
    expect((await shell(`${line}; echo \${PIPESTATUS[0]}`)).stdout.split(/\s+/)).toEqual(['20', '0', '']);
  });

  it('a check that failed says so, whether or not anybody reads', async () => {
    const { stdout, stderr } = await shell(
      '$F plan 130m --preset paper --device kc705 --quiet | true; echo ${PIPESTATUS[0]}',
    );
    expect(stderr).toMatch(/^fastmamba: plan: .* does not fit kc705\n$/);
    expect(stdout).toBe('1\n');
  });
});

describe('standard error', () => {
  it('of which nobody reads more keeps no good run from its end', async () => {
    const { stdout } = await shell(
      '$F hls $MODEL --preset small 2>&1 >result.txt | true; echo ${PIPESTATUS[0]}; cat result.txt',
    );
    expect(stdout).toMatch(/^0\n/);
    expect(stdout).toContain('all equal to the golden model');
  });

  it('and standard output together, as `2>&1 | head -1` has them', async () => {
    const { stdout, stderr } = await shell('$F quantize $MODEL 2>&1 | head -1; echo ${PIPESTATUS[0]}');
    expect(stdout).toMatch(/^- Quantize .*\n0\n$/);
    expect(stderr).toBe('');
  });

  isFull.each([
    ['progress', '$F quantize $MODEL'],
    ['a mistake', '$F quantize nowhere'],
    ['usage', '$F nonsense'],
  ])('full: %s', async (_name, line) => {
    expect((await shell(`${line} 2>/dev/full >/dev/null; echo $?`)).stdout).toBe('2\n');
  });
});

it('closed streams are as good as /dev/null', async () => {
  expect(await shell('$F doctor >&-; echo $?')).toEqual({ stdout: '0\n', stderr: '' });
  expect((await shell('$F quantize $MODEL 2>&- >/dev/null; echo $?')).stdout).toBe('0\n');
});

describe('a disk that takes no more', () => {
  // A limit on the size of files stands in for it: the same calls fail, with EFBIG in place of ENOSPC.
  const limited = (blocks: number) => `export XDG_CACHE_HOME=cache; ulimit -f ${blocks}`;
  it.each<[string, number, string, RegExp]>([
    [
      'quantize',
      8,
      '$F quantize $MODEL -o full/quantized',
      /^fastmamba: full\/quantized: cannot be written \(EFBIG\)\n$/,
    ],
    [
      'logits',
      1,
      '$F logits $MODEL --engine float --tokens tokens.json --out full.npy',
      /^fastmamba: full\.npy: cannot be written \(EFBIG\)\n$/,
    ],
    [
      'plan',
      8,
      '$F plan $MODEL --preset small -o full.json >/dev/null',
      /^fastmamba: full\.json: cannot be written \(EFBIG\)\n$/,
    ],
    [
      'emit',
      8,
      '$F emit build/statespaces-bin/quantized --preset small -o full',
      /^fastmamba: full\/hls: cannot be written \(EFBIG\)\n$/,
    ],
    ['synth', 8, '$F synth $MODEL --preset small -o full', /^fastmamba: \S+: cannot be written \(EFBIG\)\n$/],
  ])('%s', async (_name, blocks, line, message) => {
    await shell('[ -d build/statespaces-bin/quantized ] || $F quantize $MODEL --quiet');
    const { stdout, stderr } = await shell(`(${limited(blocks)}; ${line} --quiet); echo $?`);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('2\n');
  });

  it('a compiler and a testbench', async () => {
    // Smaller than an object of the kernels, larger than the sources.
    const { stdout, stderr } = await shell(
      `$F emit $MODEL --preset small --quiet >/dev/null; (${limited(600)}; $F csim $MODEL --preset small --as-is --quiet); echo $?`,
    );
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stderr).toMatch(/^fastmamba: .*(File too large|File size limit exceeded|EFBIG)/);
    expect(stdout).toBe('2\n');
  });
});
