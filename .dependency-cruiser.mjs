/**
 * The floors of src/: what each folder may import from. `npm run check` fails for an import that is not listed and for a circle, type
 * imports included. docs/architecture.md says what the floors are.
 */
const below = {
  util: [],
  kernel: ['util'],
  model: ['util'],
  quant: ['util', 'model'],
  schedule: ['util', 'kernel'],
  // The tables are what hardware and golden model share; no code of the golden model is.
  units: ['util', 'kernel', 'quant/(tables|types)'],
  plan: ['util', 'kernel', 'schedule', 'units', 'model/config', 'quant/(rotate|types)'],
  emit: ['util', 'kernel', 'schedule', 'units', 'plan', 'quant/types'],
  tools: ['util', 'kernel', 'schedule', 'plan', 'emit'],
  schema: ['util', 'quant', 'plan', 'emit', 'tools'],
  verify: ['util', 'kernel', 'model', 'quant', 'schedule', 'units', 'plan', 'emit', 'tools', 'schema'],
  eval: ['util', 'model', 'quant', 'schema'],
  report: ['util', 'kernel', 'units', 'plan', 'quant/types', 'schema', 'verify'],
  serve: ['util', 'model', 'quant', 'plan', 'schema', 'verify'],
  library: ['util', 'kernel', 'model', 'quant', 'schedule', 'units', 'plan', 'emit', 'tools', 'schema', 'verify'],
};

/** The floors of src/emit: what each of its folders may import from of the others. The back ends know nothing of each other. */
const belowInEmit = {
  network: [],
  project: [],
  image: ['network'],
  cpp: ['network', 'project'],
  rtl: ['network', 'project'],
  testbench: ['network', 'project'],
  board: ['network', 'project'],
};

const isTest = '\\.test\\.ts$';

/** An import from `floor` that is neither its own nor of a floor below it. */
const floorRule = ([floor, allowed]) => ({
  name: `floor-${floor}`,
  comment: `src/${floor} may import from ${[floor, ...allowed].join(', ')} and src/errors.ts only`,
  severity: 'error',
  from: { path: `^src/${floor}/`, pathNot: isTest },
  to: { path: '^src/', pathNot: `^src/(errors\\.ts$|${[floor, ...allowed].map((one) => `${one}[/.]`).join('|')})` },
});

const emitFloorRule = ([floor, allowed]) => ({
  name: `floor-emit-${floor}`,
  comment: `src/emit/${floor} may import from ${[floor, ...allowed].join(', ')} of src/emit only`,
  severity: 'error',
  from: { path: `^src/emit/${floor}/`, pathNot: isTest },
  to: { path: '^src/emit/', pathNot: `^src/emit/(${[floor, ...allowed].join('|')})/` },
});

export default {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-test-code',
      comment: 'What only tests use lives under test/, and nothing else imports it',
      severity: 'error',
      from: { path: '^src/', pathNot: isTest },
      to: { path: `^test/|${isTest}` },
    },
    ...Object.entries(below).map(floorRule),
    ...Object.entries(belowInEmit).map(emitFloorRule),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
