import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { packagePath } from '../../util/package-path.js';
import { loadDevice } from './device.js';

const folder = mkdtempSync(join(tmpdir(), 'device-'));
afterAll(() => rmSync(folder, { recursive: true }));
const known = JSON.parse(readFileSync(packagePath('devices', 'vc709.json'), 'utf8'));

/** Path of a file with the VC709's fields but for some. */
function file(changed: object): string {
  const path = join(folder, 'board.json');
  writeFileSync(path, JSON.stringify({ ...known, ...changed }));
  return path;
}

it('comes from a file of one’s own', async () => {
  expect(await loadDevice(file({ name: 'board', dsp: 7 }))).toEqual({ ...known, name: 'board', dsp: 7 });
});

it.each([
  ['an unknown name', 'vc7', /^--device vc7: not known; expected .*vc709.*or the path of a \.json file/],
  ['a file that is not there', join(folder, 'none.json'), /none\.json/],
])('is refused: %s', async (_, name, message) => {
  await expect(loadDevice(name)).rejects.toThrow(UserError);
  await expect(loadDevice(name)).rejects.toThrow(message);
});

it('is refused with file and field where one is wrong', async () => {
  await expect(loadDevice(file({ memory: { ...known.memory, channels: 0 } }))).rejects.toThrow(
    /board\.json: field memory\.channels: found 0, expected an integer from 1 to 16/,
  );
  await expect(loadDevice(file({ colour: 'green' }))).rejects.toThrow(/board\.json: .*colour/);
});
