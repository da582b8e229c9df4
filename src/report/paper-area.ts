/** The paper's Table IV (FastMamba, arXiv 2505.18975): area of its accelerator on the VC709 by group of units, as published. */
export interface PublishedArea {
  readonly group: string;
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  readonly bram36: number | null;
}

/** Rows of the table, as printed: its DSP column does not add up to its total. */
export const paperArea: readonly PublishedArea[] = [
  { group: 'Linear', lut: 132_030, ff: 84_514, dsp: 48, bram36: null },
  { group: 'Convolution', lut: 14_125, ff: 13_201, dsp: 256, bram36: null },
  { group: 'SSM', lut: 73_597, ff: 58_196, dsp: 2376, bram36: null },
  { group: 'RMSNorm and SiLU', lut: 57_315, ff: 87_633, dsp: 192, bram36: null },
  { group: 'Buffer', lut: 13_597, ff: 64_898, dsp: 0, bram36: 956 },
  { group: 'Others', lut: 44_120, ff: 46_022, dsp: 192, bram36: null },
];

export const paperTotal: PublishedArea = {
  group: 'in all',
  lut: 334_784,
  ff: 354_464,
  dsp: 3333,
  bram36: 956,
};

/** The paper's group in which a unit of ours would stand. `unit` is the kind of unit, `module` its own name. */
export function paperGroup(unit: string, module: string): string {
  if (unit === 'block buffer' || unit === 'FIFO') return 'Buffer';
  if (['mover', 'gearbox', 'distributor', 'memory port', 'frame'].includes(unit)) return 'Others';
  if (/^(mat|hat|quantize|rescale)_/.test(module)) return 'Linear';
  if (/^conv/.test(module)) return 'Convolution';
  if (/^(nau|state)_|^scale_x$/.test(module)) return 'SSM';
  if (/norm_|^silu_|^gate$/.test(module)) return 'RMSNorm and SiLU';
  return 'Others';
}
