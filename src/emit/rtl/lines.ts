/** Lines of SystemVerilog: indentation by begin and end, comments broken at the page's width. */
import { wrap as wrapped } from '../cpp/lines.js';

export { wrapped };

/** Columns of a line of emitted text. */
export const COLUMNS = 120;

export class Lines {
  private readonly lines: string[] = [];
  constructor(private depth = 1) {}

  add(...texts: string[]): void {
    for (const text of texts) this.lines.push(text === '' ? '' : '  '.repeat(this.depth) + text);
  }
  comment(text: string): void {
    for (const line of wrapped(text, COLUMNS - 2 * this.depth - 3)) this.add(`// ${line}`);
  }
  open(text: string): void {
    this.add(text);
    this.depth += 1;
  }
  close(text = 'end'): void {
    this.depth -= 1;
    this.add(text);
  }
  /** `text`, with `note` after it where the line has room. */
  noted(text: string, note: string): void {
    this.add(
      note && text.length + note.length + 2 * this.depth + 5 <= COLUMNS ? `${text}  // ${note}` : text,
    );
  }
  /** Lines written elsewhere at the same depth. */
  addAll(other: Lines): void {
    this.lines.push(...other.lines);
  }
  get count(): number {
    return this.lines.length;
  }
  toString(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }
}
