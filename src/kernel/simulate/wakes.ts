/**
 * When each of some processes looks again, in a wheel of the cycles to come: a slot has a bit for every process that may have to look in its
 * cycle. So a cycle costs as much as there are processes that move in it, however many wait.
 */
const SLOTS = 64;
/** Slot of a cycle; a mask, since a remainder of what may be no whole number takes long. */
const slotOf = (cycle: number) => cycle & (SLOTS - 1);

export class Wakes {
  private readonly cycles: Float64Array;
  private readonly wordsPerSlot: number;
  private readonly wheel: Int32Array;
  /** The cycle that is looked at; -1 before the first. */
  private now = -1;

  constructor(processes: number) {
    this.cycles = new Float64Array(processes).fill(Number.POSITIVE_INFINITY);
    this.wordsPerSlot = Math.ceil(processes / 32);
    this.wheel = new Int32Array(SLOTS * this.wordsPerSlot);
  }

  /** The cycle, whole or not, from which a process looks again; Infinity: when another one moves. */
  of(index: number): number {
    return this.cycles[index];
  }

  /** Has a process look again from `cycle` on, but not in the present cycle once more. */
  set(index: number, cycle: number): void {
    const { now } = this;
    this.cycles[index] = cycle;
    if (cycle === Number.POSITIVE_INFINITY) return;
    // Farther than the wheel reaches: in its last slot it is put off again.
    const slot = slotOf(Math.min(Math.max(Math.ceil(cycle), now + 1), now + SLOTS - 1));
    this.wheel[slot * this.wordsPerSlot + (index >> 5)] |= 1 << (index & 31);
  }

  /** Takes the last process that is due in the present cycle and has not been taken; -1 where none is left. */
  take(): number {
    const { wheel, wordsPerSlot, now } = this;
    const first = slotOf(now) * wordsPerSlot;
    for (let word = wordsPerSlot - 1; word >= 0; word--)
      while (wheel[first + word] !== 0) {
        const bit = 31 - Math.clz32(wheel[first + word]);
        wheel[first + word] &= ~(1 << bit);
        const index = 32 * word + bit;
        if (this.cycles[index] <= now) return index;
        this.set(index, this.cycles[index]);
      }
    return -1;
  }

  /** Goes on to the next cycle in which a process may have to look; -1 for none. */
  next(): number {
    const { wheel, wordsPerSlot, now } = this;
    for (let cycle = now + 1; cycle < now + SLOTS; cycle++) {
      const first = slotOf(cycle) * wordsPerSlot;
      for (let word = 0; word < wordsPerSlot; word++)
        if (wheel[first + word] !== 0) {
          this.now = cycle;
          return cycle;
        }
    }
    return -1;
  }
}
