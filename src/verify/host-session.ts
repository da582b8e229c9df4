/**
 * A model on a device, driven through fastmamba-host: the board, the RTL in simulation, or the C++ kernels. The protocol is that of
 * docs/host.md: a command a line, an answer a line, logits after it as bytes.
 */
import { resolve } from 'node:path';
import { CheckFailed, ToolMissing, UserError } from '../errors.js';
import { buildHost, type HostDevice } from '../tools/host/build.js';
import { start } from '../tools/programs/start.js';
import { imageFolder } from './accelerator.js';
import type { Project, Tell } from './project.js';

/** What to run. */
export interface HostRequest {
  readonly device: HostDevice;
  /** Sequences that have a state each; 1 when absent. */
  readonly slots?: number;
  /** Further arguments of the program, such as those of its device. */
  readonly args?: readonly string[];
  readonly tell?: Tell | undefined;
}

/** Some tokens that go on with a slot's sequence (docs/host.md, command `call`). */
export interface HostPart {
  readonly slot: number;
  readonly ids: readonly number[];
  /** After so many of them the states go to the slot; 0: never. */
  readonly gives: number;
  /** Of them those whose logits are wanted, ascending. */
  readonly rows: readonly number[];
}

/** What some tokens gave. */
export interface Fed {
  /** int16 [tokens][rows of the head] of all tokens that were asked for. */
  readonly logits: Int16Array;
  /** Of the kernel; 0 where the device counts none. */
  readonly cycles: number;
  /** Of the kernel, of at most the longest call's tokens. */
  readonly calls: number;
}

/** Its exit codes. */
const BAD_INPUT = 2;
const NO_DEVICE = 3;

/** The program at work. One command at a time. */
export class HostSession {
  private readonly child;
  private waiting: Buffer = Buffer.alloc(0);
  private readonly incoming: AsyncIterator<Buffer>;
  private ready = '';
  private readonly said: string[] = [];

  private constructor(program: string, args: readonly string[], tell: Tell) {
    this.child = start(program, args, { stdout: 'pipe', stderr: 'pipe', buffer: false, encoding: 'buffer' });
    this.incoming = this.child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let rest = '';
    this.child.stderr.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        this.said.push(line);
        if (this.said.length > KEPT_LINES) this.said.shift();
        tell(line);
      }
    });
  }

  /** Builds the program and starts it on the project's image. Throws ToolMissing without a compiler or a board, UserError for a
   * damaged image, CheckFailed as it fails. */
  static async start(project: Pick<Project, 'folder'>, request: HostRequest): Promise<HostSession> {
    const { device, slots = 1, args = [], tell = () => {} } = request;
    const program = await buildHost(project.folder, device);
    const image = resolve(project.folder, imageFolder);
    const options = ['--device', device, '--serve', 'on', '--slots', `${slots}`, ...args];
    const session = new HostSession(program, [image, ...options], tell);
    session.ready = await session.line();
    if (!session.ready.startsWith('ready 1 ') || !Number.isFinite(session.clockMHz))
      throw new CheckFailed(`fastmamba-host: unexpected answer: ${session.ready}`);
    return session;
  }

  /** The kernel's clock, in MHz. */
  get clockMHz(): number {
    return this.readyNumber('clock_mhz');
  }

  /** Tokens of the longest call. */
  get maxTokens(): number {
    return this.readyNumber('max_tokens');
  }

  /** Sequences that have a state each. */
  get slots(): number {
    return this.readyNumber('slots');
  }

  /** Most sequences of a call. */
  get maxParts(): number {
    return this.readyNumber('max_parts');
  }

  /** Whether its device counts cycles. */
  get countsCycles(): boolean {
    return !/ device csim /.test(this.ready);
  }

  /** Feeds tokens to a slot's sequence; the logits of all of them, of the last, or none. */
  feed(tokens: readonly number[], wanted: 'all' | 'last' | 'none', slot = 0): Promise<Fed> {
    const rows = { all: tokens.length, last: 1, none: 0 }[wanted];
    return this.fed(`feed ${slot} ${wanted} ${tokens.join(' ')}`, rows);
  }

  /** One call of several sequences: the logits that are asked for, part after part. */
  async call(parts: readonly HostPart[]): Promise<Fed> {
    const texts = parts.map(
      ({ slot, ids, gives, rows }) => `${slot} ${gives} ${rows.join(',') || 'none'} ${ids.join(' ')}`,
    );
    return this.fed(
      `call ${texts.join(' / ')}`,
      parts.reduce((sum, { rows }) => sum + rows.length, 0),
    );
  }

  private async fed(command: string, rows: number): Promise<Fed> {
    const answer = await this.command(command);
    const [found, cycles, calls, bytes] = answer.split(' ').map(Number);
    if (found !== rows) throw new CheckFailed(`fastmamba-host: ${found} rows of logits, expected ${rows}`);
    const data = await this.take(bytes);
    const logits = new Int16Array(bytes / 2);
    Buffer.from(logits.buffer).set(data);
    return { logits, cycles, calls };
  }

  /** Forgets a slot's sequence. */
  async reset(slot = 0): Promise<void> {
    await this.command(`reset ${slot}`);
  }

  /** Ends the program. */
  async close(): Promise<void> {
    this.child.stdin.end();
    await this.child;
  }

  /** A number that the ready line names. */
  private readyNumber(key: string): number {
    return Number(new RegExp(` ${key} (\\S+)`).exec(this.ready)?.[1]);
  }

  private async command(text: string): Promise<string> {
    this.child.stdin.write(`${text}\n`);
    const answer = await this.line();
    const [kind] = answer.split(' ', 1);
    const rest = answer.slice(kind.length + 1);
    if (kind === 'ok') return rest;
    throw new CheckFailed(`fastmamba-host: ${rest}`);
  }

  private async line(): Promise<string> {
    let end = this.waiting.indexOf(NEWLINE);
    while (end < 0) {
      this.waiting = Buffer.concat([this.waiting, await this.more()]);
      end = this.waiting.indexOf(NEWLINE);
    }
    return (await this.take(end + 1)).toString('utf8').trimEnd();
  }

  private async take(bytes: number): Promise<Buffer> {
    const parts = [this.waiting];
    let length = this.waiting.length;
    while (length < bytes) {
      const part = await this.more();
      parts.push(part);
      length += part.length;
    }
    const all = parts.length === 1 ? this.waiting : Buffer.concat(parts);
    this.waiting = all.subarray(bytes);
    return all.subarray(0, bytes);
  }

  private async more(): Promise<Buffer> {
    const next = await this.incoming.next();
    if (!next.done) return next.value;
    const { exitCode } = await this.child;
    const last = this.said.filter((line) => line.startsWith('fastmamba-host: ')).at(-1) ?? this.said.at(-1);
    const why = last ?? 'fastmamba-host: it has ended';
    if (exitCode === NO_DEVICE) throw new ToolMissing(why);
    throw exitCode === BAD_INPUT ? new UserError(why) : new CheckFailed(why);
  }
}

const NEWLINE = 10;
const KEPT_LINES = 20;
