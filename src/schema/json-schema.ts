/** The schemas as JSON Schema (draft 2020-12), a file each; one that contains another refers to its file. */
import { z } from 'zod';
import { files, type Named, printed } from './all.js';

/** Text of every file of schemas/, by its name. */
export function schemaFiles(): Map<string, string> {
  const registry = z.registry<{ id: string }>();
  const all = Object.entries<Named>({ ...printed, ...files }).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [id, { schema }] of all) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `${id}.json` });
  return new Map(
    all.map(([id, { title }]) => {
      const { $schema, $id, ...rest } = schemas[id];
      return [`${id}.json`, `${JSON.stringify({ $schema, $id, title, ...rest }, null, 2)}\n`];
    }),
  );
}
