/** Words for a POSIX shell: what is printed to be pasted must mean the same there. */

/** `word` as one word of a shell: as it is where every letter is plain, else in single quotes. */
export function shellQuote(word: string): string {
  // A plain list, so that a letter nobody thought of is quoted. Letters of any language are plain to a shell.
  if (/^[\p{L}\p{N}_./:=@%+,-]+$/u.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
