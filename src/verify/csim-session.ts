/**
 * The emitted kernels as a running model: the csim program is driven through its standard input, token by token. Memory (states included)
 * lives in that process; the host writes residual rows and descriptors and reads logits, as it will beside the board.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { paddingRow, plainRows } from '../emit/image/rows.js';
import { VectorWriter } from '../emit/testbench/vectors.js';
import { CheckFailed } from '../errors.js';
import type { QuantizedHead, QuantizedLayer } from '../quant/types.js';
import { buildCsim } from '../tools/csim/csim.js';
import { start } from '../tools/programs/start.js';
import { addTemporary, dropTemporary } from '../util/temporary.js';
import { imageFolder } from './accelerator.js';
import { AcceleratorMemory } from './expected/accelerator-memory.js';
import type { Project } from './project.js';

/** A csim process with a model's states in its memory. */
export class CsimSession {
  private readonly folder = addTemporary(mkdtempSync(join(tmpdir(), 'fastmamba-run-')));
  private readonly vectors = new VectorWriter(this.folder);
  private readonly memory: AcceleratorMemory;
  private readonly child;
  private readonly said: AsyncIterator<string>;
  private calls = 0;

  private constructor(
    program: string,
    private readonly project: Project,
    private readonly layers: readonly QuantizedLayer[],
    private readonly head: QuantizedHead,
  ) {
    this.memory = new AcceleratorMemory(project, this.vectors, resolve(project.folder, imageFolder));
    this.child = start(program, ['-'], {
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: { stdout: false },
    });
    this.said = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** Compiles the kernels and starts them on the project's image. Throws ToolMissing without a compiler, CheckFailed where they do not compile. */
  static async start(project: Project): Promise<CsimSession> {
    const { folder, model } = project;
    const program = await buildCsim(folder);
    const indices = Array.from({ length: model.config.nLayers }, (_, i) => i);
    const layers = await Promise.all(indices.map((i) => model.layer(i)));
    return new CsimSession(program, project, layers, await model.head());
  }

  /** Feeds tokens; int16 logits [tokens][vocab rows] of all of them, or of the last alone. Long inputs go in calls of the longest length. */
  async feed(tokens: readonly number[], wanted: 'all' | 'last'): Promise<Int16Array> {
    const { maxTokens, dims } = this.memory.shape;
    const parts: Int16Array[] = [];
    for (let first = 0; first < tokens.length; first += maxTokens) {
      const part = tokens.slice(first, first + maxTokens);
      const isLast = first + part.length === tokens.length;
      if (wanted === 'all') parts.push(await this.call(part, 0));
      else if (isLast) parts.push(await this.call(part, part.length - 1));
      else await this.call(part, part.length);
    }
    const logits = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      logits.set(part, at);
      at += part.length;
    }
    return wanted === 'last' ? logits.subarray(logits.length - dims.vocabRows) : logits;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.child.stdin.end();
    await this.child;
    rmSync(this.folder, { recursive: true, force: true });
    dropTemporary(this.folder);
  }

  /** One call of all layers, and of the head from token `firstLogits` on. */
  private async call(tokens: readonly number[], firstLogits: number): Promise<Int16Array> {
    const { memory, vectors } = this;
    const wanted = tokens.length - firstLogits;
    memory.pokeResidual(await this.project.model.embeddingRows(tokens));
    memory.pokeDescriptors(this.layers, this.head, tokens.length, firstLogits);
    vectors.layers(0, this.layers.length);
    const path = join(this.folder, 'logits.bin');
    if (wanted > 0) {
      vectors.layers(this.layers.length, 1);
      vectors.dump('logits', 0, memory.logitBytes(wanted), path);
    }
    const done = `call ${++this.calls}`;
    this.child.stdin.write(`${[...vectors.takeLines(), `say ${done}`].join('\n')}\n`);
    const answer = await this.said.next();
    if (answer.done || answer.value !== done) {
      const { stderr } = await this.child;
      throw new CheckFailed(`csim ended during call ${this.calls}: ${stderr.trim() || answer.value}`);
    }
    return wanted > 0 ? this.fromTiles(readFileSync(path), wanted) : new Int16Array(0);
  }

  /** Logits from the order (chunk, tile, token, row) to [tokens][rows]. */
  private fromTiles(bytes: Buffer, tokens: number): Int16Array {
    const { shape } = this.memory;
    const { vocabRows } = shape.dims;
    const rows = plainRows(vocabRows, shape.inProj.rows);
    const tiles = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    const logits = new Int16Array(tokens * vocabRows);
    let at = 0;
    for (let first = 0; first < tokens; first += shape.chunkTokens)
      for (let tile = 0; tile < shape.sizes.headTiles; tile++)
        for (let t = first; t < Math.min(tokens, first + shape.chunkTokens); t++)
          for (let row = 0; row < shape.inProj.rows; row++, at++) {
            const target = rows[tile * shape.inProj.rows + row];
            if (target !== paddingRow) logits[t * vocabRows + target] = tiles[at];
          }
    return logits;
  }
}
