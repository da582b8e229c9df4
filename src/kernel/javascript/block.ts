/** Generated JavaScript as nested blocks of lines; a block knows which lanes were computed in it or around it. */
import type { Atom } from './expression.js';

/** Lines of one JavaScript block under construction, and the lanes already computed in it. */
export class Block {
  readonly lines: string[] = [];
  private readonly known = new Map<string, Atom>();

  constructor(private readonly parent: Block | null = null) {}

  find(key: string): Atom | undefined {
    return this.known.get(key) ?? this.parent?.find(key);
  }
  remember(key: string, atom: Atom): void {
    this.known.set(key, atom);
  }
  push(...lines: string[]): void {
    this.lines.push(...lines);
  }
  nested(head: string, body: (inner: Block) => void): void {
    const inner = new Block(this);
    body(inner);
    this.push(`${head} {`, ...inner.lines.map((line) => `  ${line}`), '}');
  }
}
