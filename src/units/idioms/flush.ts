/**
 * Steps without a word. A pipeline moves as a whole: where a unit waits for its next word, the words before it stay inside. A unit may have
 * to wait long for its next word, or may get it only after the words inside were used. Such a unit makes so many more steps after the last word of a block, row or token: enough for the deepest pipeline of them. With too few, cycles are lost and no word changes.
 */
export const FLUSH_STEPS = 16;
