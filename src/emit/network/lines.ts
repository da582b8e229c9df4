/** Lines of emitted text with their indentation, and comments broken at the page's width. */

/** Columns of a line of emitted text. */
export const PAGE_COLUMNS = 120;

export class Lines {
  private readonly lines: string[] = [];

  /** `depth` in levels of two columns. */
  constructor(private depth = 0) {}

  add(...texts: string[]): void {
    for (const text of texts) this.lines.push(text === '' ? '' : '  '.repeat(this.depth) + text);
  }
  /** A line at the margin, whatever the depth. */
  atMargin(text: string): void {
    this.lines.push(text);
  }
  comment(text: string): void {
    for (const line of wrap(text, this.room() - 3)) this.add(`// ${line}`);
  }
  /** A line after which all are one level deeper, until `close`. */
  open(text: string): void {
    this.add(text);
    this.depth += 1;
  }
  close(text: string): void {
    this.depth -= 1;
    this.add(text);
  }
  /** `text`, with `note` after it where the line has room. */
  noted(text: string, note: string): void {
    this.add(note && text.length + note.length + 5 <= this.room() ? `${text}  // ${note}` : text);
  }
  /** Lines written elsewhere at the same depth. */
  addAll(other: Lines): void {
    this.lines.push(...other.lines);
  }
  /** Columns that are left at this depth. */
  room(): number {
    return PAGE_COLUMNS - 2 * this.depth;
  }
  get count(): number {
    return this.lines.length;
  }
  toString(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }
}

/** Words of `text` in lines of at most `columns`. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  if (line) lines.push(line);
  return lines;
}
