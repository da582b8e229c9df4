/** Shares as the page writes them. */
import { percent } from '../table.js';

/** A share as text that no line break parts. */
export const shareText = (share: number): string => percent(share).replace(' ', '\u00a0');
