/** What npm run schemas writes: the committed files are current, refuse unknown fields, and say what every figure is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../util/package-path.js';
import { schemaFiles } from './json-schema.js';

const made = schemaFiles();
const folder = packagePath('schemas');

interface Node {
  readonly $ref?: string;
  readonly type?: string | string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: unknown;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** Every place in a schema, with its path. */
function* places(node: Node, path: string): Generator<readonly [string, Node]> {
  yield [path, node];
  for (const [name, member] of Object.entries(node.properties ?? {}))
    yield* places(member, `${path}.${name}`);
  if (node.items) yield* places(node.items, `${path}[]`);
  for (const choice of node.anyOf ?? []) yield* places(choice, path);
}

const all = [...made].flatMap(([name, text]) => [...places(JSON.parse(text), name)]);

describe('schemas/', () => {
  it('holds what npm run schemas writes, and nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual([...made.keys()].sort());
    for (const [name, text] of made)
      expect(readFileSync(join(folder, name), 'utf8'), `${name}: run npm run schemas`).toBe(text);
  });

  it('refuses unknown fields everywhere', () => {
    const open = all.filter(
      ([, { type, additionalProperties: other }]) => type === 'object' && !isClosed(other),
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it('says of every number what it counts', () => {
    const numbers = all.filter(
      ([path, { type }]) => /^(integer|number)$/.test(`${type}`) && !path.endsWith('[]'),
    );
    expect(numbers.length).toBeGreaterThan(200);
    const silent = numbers.filter(([path, { description }]) => !description && !describedChoice(path));
    expect(silent.map(([path]) => path)).toEqual([]);
  });
});

/** No other fields, or fields that a schema of their own describes (a record). */
const isClosed = (other: unknown) => other === false || (typeof other === 'object' && other !== null);

/** A number that may be null: the choice around it says what it is. */
const describedChoice = (path: string) =>
  all.some(([other, node]) => other === path && node.anyOf && node.description);
