/**
 * hls::stream and csim::region of host/include: both modes give the same words, and everything that would hang or go
 * wrong in hardware is a failure that names the channel.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOREIGN_STREAM } from '../support/foreign-stream.js';

const HERE = import.meta.dirname;
const INCLUDE = join(HERE, '..', '..', 'host', 'include');

let dir: string;
let program: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fastmamba-stream-'));
  program = join(dir, 'streams');
  const warnings = ['-Wall', '-Wextra', '-Wno-unused-value', '-Werror'];
  await execa('g++', [
    '-std=c++14',
    '-O1',
    ...warnings,
    `-I${INCLUDE}`,
    join(HERE, 'stream_driver.cpp'),
    '-o',
    program,
  ]);
}, 120_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(what: string): Promise<{ out: string; err: string; ok: boolean }> {
  const { stdout, stderr, failed } = await execa(program, [what], { reject: false, timeout: 60_000 });
  return { out: stdout, err: stderr, ok: !failed };
}

describe('hls::stream', () => {
  it('carries the same words in both modes, and checking mode says how deep each channel got', async () => {
    let sum = 0;
    for (let i = 0; i < 20000; i++) sum = ((sum * 31) % 1000003) + i + 1;
    expect(await run('pipeline sequential')).toMatchObject({ out: String(sum), ok: true });
    expect(await run('pipeline checking')).toMatchObject({ out: `${sum} a:3:3:20000 b:3:3:20000`, ok: true });
  });

  it('carries large structs whole, whatever the chunk ends', async () => {
    let sum = 0;
    for (let i = 0; i < 1000; i++) for (let l = 0; l < 70; l++) sum += (l + 1) * (i * 100 + l);
    for (const mode of ['sequential', 'checking'])
      expect(await run(`struct ${mode}`)).toMatchObject({ out: String(sum), ok: true });
  });

  it('is a queue under any interleaving', async () => {
    expect(await run('interleave')).toMatchObject({ out: 'same', ok: true });
  });

  it('shows every word to a tap, once', async () => {
    expect((await run('tap sequential')).out).toMatch(/ tap 1000$/);
    expect((await run('tap checking')).out).toMatch(/ tap 1000 a:3:3:500 b:3:3:500$/);
  });
});

describe('csim::region', () => {
  it('sees a deadlock only where the depth is too small, and says who waits on what', async () => {
    const fine = await run('shallow sequential');
    expect(fine.ok).toBe(true);
    expect(await run('deep checking')).toEqual(fine);
    expect(await run('shallow checking')).toMatchObject({
      out: "failure: deadlock: 'split' writes full channel 'direct' (depth 7); 'join' reads empty channel 'round'",
      ok: false,
    });
  });

  it('fails on words left over, with channel and count', async () => {
    for (const mode of ['sequential', 'checking'])
      expect(await run(`leftover ${mode}`)).toMatchObject({
        out: "failure: channel 'a': 3 words left over; channel 'b': 1 word left over",
        ok: false,
      });
  });

  it('fails on words left in a stream local to a function, asked or not', async () => {
    const line = "channel 'inside': 2 words left over";
    expect(await run('local caught')).toMatchObject({ out: `failure: ${line}`, ok: false });
    expect(await run('local forgotten')).toMatchObject({ err: `csim: ${line}`, ok: false });
  });

  it('fails on a read past the end', async () => {
    expect((await run('past sequential')).out).toBe(
      "failure: process 'sink': channel 'a': read past the end",
    );
    expect((await run('past checking')).out).toBe("failure: deadlock: 'sink' reads empty channel 'a'");
    expect((await run('uncaught')).ok).toBe(false);
  });

  it('refuses a second reader, polling without end, and passes on what a process throws', async () => {
    expect((await run('two readers')).out).toBe(
      "failure: process 'two': channel 'a': 'one' and 'two' both read it",
    );
    expect(await run('polls')).toMatchObject({ out: '5', ok: true });
    expect((await run('idle')).out).toMatch(/^failure: process 'poller': .*polls channel 'never' and nobody/);
    expect((await run('throws checking')).out).toBe(
      "unwound\nfailure: process 'divide': ap_int: division by zero",
    );
  });
});

describe('fastmamba_csim.h', () => {
  it("works alone beside somebody else's hls_stream.h, and adds nothing in synthesis", async () => {
    const alone = join(dir, 'alone');
    await mkdir(alone);
    await copyFile(join(INCLUDE, 'fastmamba_csim.h'), join(alone, 'fastmamba_csim.h'));
    await writeFile(join(alone, 'hls_stream.h'), FOREIGN_STREAM);
    await writeFile(
      join(alone, 'use.cpp'),
      `#include "fastmamba_csim.h"
#include <cstdio>
void top(hls::stream<int>& out, int n) {
  hls::stream<int> a("a");
  FASTMAMBA_STREAM_DEPTH(a, 4);
  for (int i = 0; i < n; ++i) a.write(i);
  for (int i = 0; i < n; ++i) out.write(a.read());
}
#ifndef __SYNTHESIS__
int main() {
  hls::stream<int> s("s");
  fastmamba::csim::region r;
  r.channel(s, "s", 2);
  r.process("top", [&] { top(s, 3); });
  int seen = 0;
  fastmamba::csim::tap<int>(s, [&](const int& x) { seen = 10 * seen + x + 1; });
  int sum = 0;
  r.process("sink", [&] { sum = s.read() + s.read(); });
  try {
    r.run(fastmamba::csim::mode::checking);
  } catch (const fastmamba::csim::failure& f) {
    std::printf("%d %d %s", sum, seen, f.what());
  }
}
#endif
`,
    );
    const use = join(alone, 'use');
    await execa('g++', ['-std=c++14', '-Wall', '-Werror', `${use}.cpp`, '-o', use]);
    expect((await execa(use)).stdout).toBe("1 123 channel 's': words left over");
    await execa('g++', ['-std=c++14', '-D__SYNTHESIS__', '-c', `${use}.cpp`, '-o', `${use}.o`]);
  });

  it.each(['ap_int.h', 'hls_stream.h'])('%s refuses to be synthesized', async (header) => {
    const args = ['-std=c++14', '-D__SYNTHESIS__', '-fsyntax-only', '-x', 'c++', join(INCLUDE, header)];
    const { failed, stderr } = await execa('g++', args, { reject: false });
    expect(failed).toBe(true);
    expect(stderr).toContain('is for C simulation on the host');
  });
});
