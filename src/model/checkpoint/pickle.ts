/**
 * A reader for the part of Python's pickle format (protocols 2 to 5) that tensor files use. It is a stack machine over
 * plain data and executes nothing: names of Python functions become inert `PickleGlobal` values, and what calling one
 * means is decided by the caller's `PickleRules`, which refuse all they do not know. Work and memory are proportional to
 * the length of the stream.
 */
import { UserError } from '../../errors.js';

/** The name of a Python function or class, as data. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** What a stream may refer to; each method throws UserError for what is not allowed. */
export interface PickleRules {
  /** Checks a name `module.attribute` before it is put on the stack. */
  checkGlobal(name: string): void;
  /** The result of calling `name` with `args`. */
  call(name: string, args: unknown[]): unknown;
  /** The object that a persistent id stands for. */
  persistent(id: unknown): unknown;
}

const MARK = Symbol('mark');

/** Reads one pickled value. Python's tuples and lists become arrays, dicts become Maps. `file` is named in errors. */
export function readPickle(bytes: Buffer, rules: PickleRules, file: string): unknown {
  return new PickleMachine(bytes, rules, file).run();
}

class PickleMachine {
  private at = 0;
  private readonly stack: unknown[] = [];
  private readonly memo = new Map<number, unknown>();

  constructor(
    private readonly bytes: Buffer,
    private readonly rules: PickleRules,
    private readonly file: string,
  ) {}

  run(): unknown {
    for (;;) {
      const opcode = this.take(1)[0];
      if (opcode === 0x2e) {
        const result = this.pop();
        if (this.stack.length > 0) this.fail('values left over at the end of the stream');
        return result;
      }
      this.step(opcode);
    }
  }

  private step(opcode: number): void {
    switch (String.fromCharCode(opcode)) {
      case '\x80': // PROTO
        if (this.take(1)[0] > 5) this.fail('a protocol newer than 5');
        return;
      case '\x95': // FRAME: a hint for buffering
        this.take(8);
        return;
      case 'N':
        this.push(null);
        return;
      case '\x88':
        this.push(true);
        return;
      case '\x89':
        this.push(false);
        return;
      case 'K':
        this.push(this.take(1)[0]);
        return;
      case 'M':
        this.push(this.take(2).readUInt16LE());
        return;
      case 'J':
        this.push(this.take(4).readInt32LE());
        return;
      case '\x8a': // LONG1
        this.push(this.long(this.take(1)[0]));
        return;
      case 'G':
        this.push(this.take(8).readDoubleBE());
        return;
      case 'X':
        this.push(this.text(this.take(4).readUInt32LE()));
        return;
      case '\x8c': // SHORT_BINUNICODE
      case 'U': // SHORT_BINSTRING, from Python 2
        this.push(this.text(this.take(1)[0]));
        return;
      case '\x8d': // BINUNICODE8
        this.push(this.text(Number(this.take(8).readBigUInt64LE())));
        return;
      case '(':
        this.push(MARK);
        return;
      case ')':
      case ']':
        this.push([]);
        return;
      case '\x85':
        this.push(this.popMany(1));
        return;
      case '\x86':
        this.push(this.popMany(2));
        return;
      case '\x87':
        this.push(this.popMany(3));
        return;
      case 't':
        this.push(this.popToMark());
        return;
      case 'a':
        this.append([this.pop()]);
        return;
      case 'e':
        this.append(this.popToMark());
        return;
      case '}':
        this.push(new Map());
        return;
      case 's':
        this.setItems(this.popMany(2));
        return;
      case 'u':
        this.setItems(this.popToMark());
        return;
      case 'q': // BINPUT
        this.remember(this.take(1)[0]);
        return;
      case 'r': // LONG_BINPUT
        this.remember(this.take(4).readUInt32LE());
        return;
      case '\x94': // MEMOIZE
        this.remember(this.memo.size);
        return;
      case 'h': // BINGET
        this.recall(this.take(1)[0]);
        return;
      case 'j': // LONG_BINGET
        this.recall(this.take(4).readUInt32LE());
        return;
      case 'c': // GLOBAL
        this.global(this.line(), this.line());
        return;
      case '\x93': {
        // STACK_GLOBAL
        const [module, name] = this.popMany(2);
        this.global(module, name);
        return;
      }
      case 'R':
        this.reduce();
        return;
      case 'b':
        this.build();
        return;
      case 'Q':
        this.push(this.rules.persistent(this.pop()));
        return;
      default:
        this.fail(`opcode 0x${opcode.toString(16)}, which tensor files do not need`);
    }
  }

  private fail(found: string): never {
    throw new UserError(
      `${this.file}: pickle: found ${found} at byte ${this.at}, expected a plain dictionary of tensors`,
    );
  }

  private take(length: number): Buffer {
    if (!(length <= this.bytes.length - this.at)) this.fail('the end of the stream');
    return this.bytes.subarray(this.at, (this.at += length));
  }

  private text(length: number): string {
    return this.take(length).toString('utf8');
  }

  private line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) this.fail('the end of the stream');
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  private long(length: number): number {
    if (length > 8) this.fail('an integer of more than 64 bits');
    let value = 0n;
    for (const [i, byte] of this.take(length).entries()) value |= BigInt(byte) << BigInt(8 * i);
    const number = Number(BigInt.asIntN(8 * length, value));
    if (!Number.isSafeInteger(number)) this.fail('an integer beyond 2^53');
    return number;
  }

  private push(value: unknown): void {
    this.stack.push(value);
  }

  private pop(): unknown {
    return this.popMany(1)[0];
  }

  private popMany(n: number): unknown[] {
    if (this.stack.length < n) this.fail('an empty stack');
    const values = this.stack.splice(this.stack.length - n);
    if (values.includes(MARK)) this.fail('a mark out of place');
    return values;
  }

  private popToMark(): unknown[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) this.fail('no mark');
    const values = this.stack.splice(mark + 1);
    this.stack.pop();
    return values;
  }

  private top(): unknown {
    if (this.stack.length === 0) this.fail('an empty stack');
    return this.stack[this.stack.length - 1];
  }

  private append(values: unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.fail('an append to something that is no list');
    for (const value of values) list.push(value);
  }

  private setItems(items: unknown[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) || items.length % 2 !== 0)
      this.fail('an item set on something that is no dictionary');
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }

  private remember(key: number): void {
    const value = this.top();
    if (value === MARK) this.fail('a mark out of place');
    this.memo.set(key, value);
  }

  private recall(key: number): void {
    if (!this.memo.has(key)) this.fail(`a reference to nothing (${key})`);
    this.push(this.memo.get(key));
  }

  private global(module: unknown, attribute: unknown): void {
    if (typeof module !== 'string' || typeof attribute !== 'string') this.fail('a global without a name');
    const name = `${module}.${attribute}`;
    this.rules.checkGlobal(name);
    this.push(new PickleGlobal(name));
  }

  private reduce(): void {
    const [callee, args] = this.popMany(2);
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args))
      this.fail('a call of something that is no function');
    this.push(this.rules.call(callee.name, args));
  }

  /** An OrderedDict carries attributes (`_metadata`), which say nothing about tensors. */
  private build(): void {
    this.pop();
    if (!(this.top() instanceof Map)) this.fail('attributes of something that is no dictionary');
  }
}
