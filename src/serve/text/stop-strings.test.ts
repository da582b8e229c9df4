import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StopStrings } from './stop-strings.js';

/** Text up to the stop string that is complete first, by looking at the text character by character. */
function plain(text: string, stops: readonly string[]): string {
  for (let end = 1; end <= text.length; end++) {
    const found = stops.filter((stop) => text.slice(0, end).endsWith(stop));
    if (found.length > 0) return text.slice(0, end - Math.max(...found.map((stop) => stop.length)));
  }
  return text;
}

const letters = (maxLength: number, minLength = 0) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength, maxLength });

it('cuts at the first stop string, however the text is cut in pieces, and loses and repeats nothing', () => {
  fc.assert(
    fc.property(fc.array(letters(5)), fc.array(letters(4, 1), { maxLength: 3 }), (pieces, stops) => {
      const matcher = new StopStrings(stops);
      let [text, all, isStopped] = ['', '', false];
      for (const piece of pieces) {
        const pushed = matcher.push(piece);
        all += piece;
        text += pushed.text;
        isStopped = pushed.isStopped;
        if (isStopped) break;
        // What is held back begins a stop string.
        const held = all.slice(text.length);
        expect(all.startsWith(text) && (held === '' || stops.some((stop) => stop.startsWith(held)))).toBe(
          true,
        );
      }
      const rest = matcher.end();
      if (isStopped) expect(rest).toBe('');
      const whole = pieces.join('');
      expect(text + rest).toBe(plain(whole, stops));
      expect(isStopped).toBe(stops.some((stop) => whole.includes(stop)));
    }),
    { numRuns: 2000 },
  );
});

it('holds back no more than what may become a stop string', () => {
  const matcher = new StopStrings(['\nUser:', 'STOP']);
  expect(matcher.push('Hello\n')).toEqual({ text: 'Hello', isStopped: false });
  expect(matcher.push('Us')).toEqual({ text: '', isStopped: false });
  expect(matcher.push('ual ST')).toEqual({ text: '\nUsual ', isStopped: false });
  expect(matcher.push('xSTOPy')).toEqual({ text: 'STx', isStopped: true });
  expect(matcher.end()).toBe('');
});
