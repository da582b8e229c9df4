/**
 * Steps without a word. A pipeline moves as a whole: where a unit waits for its next word, the words before it stay inside. A unit whose next
 * word may be long in coming, or may come only when those inside have been used, goes on for so many steps after the last word of a block,
 * row or token: enough for the deepest of them (the scheduler's stages; a shortfall costs cycles and changes no word).
 */
export const FLUSH_STEPS = 16;
