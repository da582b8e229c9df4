/** Memories as the 7 series has them, exactly: block RAM by aspect ratio, and distributed RAM by cells of one write and one read port. */

/** Words of a block RAM at its widest: memories that are as wide as a port use it whole. */
export const BLOCK_WORDS = 512;

/** Simple dual port aspect ratios of a RAMB36E1 (DS180, UG473); a RAMB18E1 is half of each width. */
const shapes = [
  [72, BLOCK_WORDS],
  [36, 1024],
  [18, 2048],
  [9, 4096],
  [4, 8192],
  [2, 16384],
  [1, 32768],
] as const;

/** Block RAM of a memory, in 36 Kbit: the cheapest shape. */
export function blockRam(bits: number, words: number): number {
  const halves = shapes.map((shape) => halvesOf(shape, bits, words));
  return bits === 0 ? 0 : Math.min(...halves) / 2;
}

function halvesOf([width, deep]: (typeof shapes)[number], bits: number, words: number): number {
  return Math.ceil(bits / (width / 2)) * Math.ceil(words / deep);
}

/** Block RAMs chained in depth: each but the first puts a multiplexer after every bit. */
export function deepBlocks(bits: number, words: number): number {
  const [, deep] = shapes.reduce((best, shape) =>
    halvesOf(shape, bits, words) <= halvesOf(best, bits, words) ? shape : best,
  );
  return bits === 0 ? 0 : Math.ceil(words / deep) - 1;
}

/** Width and depth of a RAMB18E1 with two ports that both read and write, as Yosys takes it for a memory of a process. */
const portShapes = [
  [18, 1024],
  [9, 2048],
  [4, 4096],
  [2, 8192],
  [1, 16384],
] as const;
/** Words that the six inputs of a look-up table choose from, with a select of each. */
const choicesATable = 3;

/** Look-up tables after each bit of a process's block RAM, which choose between the blocks of a chain. */
export function rowTables(words: number): number {
  const cost = ([width, deep]: (typeof portShapes)[number]) => Math.ceil(words / deep) / width;
  const [, deep] = portShapes.reduce((best, shape) => (cost(shape) <= cost(best) ? shape : best));
  const rows = Math.ceil(words / deep);
  return rows > 1 ? Math.ceil(rows / choicesATable) : 0;
}

/** Words and bits of a RAM32M and a RAM64M, of four look-up tables each. */
const cells = [
  { words: 32, bits: 6 },
  { words: 64, bits: 3 },
] as const;
const cellTables = 4;

/** Look-up tables of a memory in distributed RAM. */
export function lutramTables(bits: number, words: number): number {
  const least = cells.find((cell) => words <= cell.words) ?? cells[1];
  return cellTables * Math.ceil(bits / least.bits) * Math.ceil(words / least.words);
}
