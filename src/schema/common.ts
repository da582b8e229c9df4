/** What several results have in common. */
import { amount, count } from '../util/schema-parts.js';

/** A comparison with the golden model. */
export const compared = {
  words: count('words compared with the golden model'),
  mismatches: count('words that differ'),
  seconds: amount('time in the simulation, seconds'),
};
