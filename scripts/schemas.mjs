#!/usr/bin/env node
// Writes schemas/: a JSON Schema for every object that --json prints and every JSON file that the project reads or writes.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaFiles } from '../dist/schema/json-schema.js';
import { packagePath } from '../dist/util/package-path.js';

const folder = packagePath('schemas');
const files = schemaFiles();
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
for (const [name, text] of files) writeFileSync(join(folder, name), text);
console.log(`schemas: ${files.size} files`);
