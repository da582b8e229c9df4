/**
 * In which order words leave the units that only move them, as places in the order in which they came: naive loops over the orders that
 * docs/accelerator.md names. One reference for the tests of units on the interpreter and as emitted C++.
 */

/** A call of so many tokens in chunks of T. */
export interface Chunked {
  readonly T: number;
  readonly tokens: number;
}

export const chunksOf = ({ T, tokens }: Chunked): number => Math.ceil(tokens / T);

/** Tokens of the last chunk. */
export const lastTokens = (call: Chunked): number => call.tokens - Math.max(0, chunksOf(call) - 1) * call.T;

/** Calls around the chunk: none, one token, and on both sides of one and two chunks. */
export const lengthsAround = (T: number): number[] => [0, 1, T - 1, T, T + 1, 2 * T + 3];

/** Calls `visit` for every token of a chunk that is there. */
export function tokensOfChunk(chunk: number, { T, tokens }: Chunked, visit: (token: number) => void): void {
  for (let token = chunk * T; token < Math.min(tokens, (chunk + 1) * T); token++) visit(token);
}

/** The words at these places, lane after lane. */
export function wordsAt(values: readonly number[], lanes: number, places: readonly number[]): number[] {
  const found: number[] = [];
  for (const place of places)
    for (let lane = 0; lane < lanes; lane++) found.push(values[place * lanes + lane]);
  return found;
}

/** In: (token, k). Out: (chunk, o, k, token). */
export function replayOrder(call: Chunked, rowTiles: number, colTiles: number): number[] {
  const places: number[] = [];
  for (let chunk = 0; chunk < chunksOf(call); chunk++)
    for (let o = 0; o < rowTiles; o++)
      for (let k = 0; k < colTiles; k++) tokensOfChunk(chunk, call, (t) => places.push(t * colTiles + k));
  return places;
}

/** In: (chunk, tile, token, word of the tile). Out: (token, word), the first `tokenWords` of it. */
export function turnOrder(call: Chunked, tiles: number, tileWords: number, tokenWords: number): number[] {
  const places = new Array<number>(call.tokens * tokenWords);
  let place = 0;
  for (let chunk = 0; chunk < chunksOf(call); chunk++)
    for (let tile = 0; tile < tiles; tile++)
      tokensOfChunk(chunk, call, (token) => {
        for (let word = tile * tileWords; word < (tile + 1) * tileWords; word++, place++)
          if (word < tokenWords) places[token * tokenWords + word] = place;
      });
  return places;
}

/** Rows of `rowLanes` lanes from words of `from` to words of `to`: what stands behind a row's last narrow word becomes 0 or is dropped. */
export function repackedRows(
  values: readonly number[],
  rows: number,
  rowLanes: number,
  from: number,
  to: number,
): number[] {
  const up = (lanes: number) => Math.ceil(rowLanes / lanes) * lanes;
  const kept = up(Math.min(from, to));
  const result: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let lane = 0; lane < up(to); lane++) result.push(lane < kept ? values[row * up(from) + lane] : 0);
  return result;
}

/** Passes of a reading mover: to each output its words, `stride` words of the port from pass to pass. */
export function movedWords(
  memory: readonly number[],
  portLanes: number,
  { base, repeats, stride }: { base: number; repeats: number; stride: number },
  words: readonly number[],
): number[][] {
  const outputs: number[][] = words.map(() => []);
  for (let pass = 0; pass < repeats; pass++) {
    let address = base + pass * stride;
    words.forEach((count, i) => {
      outputs[i].push(...memory.slice(portLanes * address, portLanes * (address + count)));
      address += count;
    });
  }
  return outputs;
}
