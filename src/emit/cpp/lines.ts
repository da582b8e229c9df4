/** Lines of C++ with their indentation, and comments broken at the page's width. */

/** Columns of a line of emitted text. */
export const PAGE_COLUMNS = 110;

export class Lines {
  private readonly lines: string[] = [];
  private depth: number;

  constructor(depth = 0) {
    this.depth = depth;
  }

  add(text: string): void {
    this.lines.push(text === '' ? '' : '  '.repeat(this.depth) + text);
  }
  /** A pragma: on a line of its own, at the margin, where tools and people look for it. */
  pragma(text: string): void {
    this.lines.push(`#pragma HLS ${text}`);
  }
  comment(text: string): void {
    for (const line of wrap(text, PAGE_COLUMNS - 2 * this.depth - 3)) this.add(`// ${line}`);
  }
  open(text: string): void {
    this.add(text ? `${text} {` : '{');
    this.depth += 1;
  }
  close(): void {
    this.depth -= 1;
    this.add('}');
  }
  /** `text`, with `note` behind it where the line has room. */
  noted(text: string, note: string): void {
    const room = PAGE_COLUMNS - 2 * this.depth - text.length - 5;
    this.add(note && note.length <= room ? `${text}  // ${note}` : text);
  }
  room(): number {
    return PAGE_COLUMNS - 2 * this.depth;
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
