/** Numbers first in, first out, in an array that is used again and again. */
export class Queue {
  private items = new Float64Array(8);
  private from = 0;
  private count = 0;

  /** The oldest; NaN where there is none. */
  get first(): number {
    return this.count > 0 ? this.items[this.from] : Number.NaN;
  }

  push(item: number): void {
    const { items, count } = this;
    if (count === items.length) {
      const more = new Float64Array(2 * count);
      for (let i = 0; i < count; i++) more[i] = items[(this.from + i) & (count - 1)];
      this.items = more;
      this.from = 0;
    }
    this.items[(this.from + count) & (this.items.length - 1)] = item;
    this.count = count + 1;
  }

  /** Takes the oldest away. */
  shift(): void {
    this.from = (this.from + 1) & (this.items.length - 1);
    this.count--;
  }
}
