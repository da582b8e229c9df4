/** Powers of two: lanes, blocks of transforms and depths of memories are made of them. */

/** The largest power of two that divides `total` (an integer from 1 on) and is at most `most`; at least 1. */
export function dividingPower(total: number, most = Number.POSITIVE_INFINITY): number {
  let power = 1;
  while (power * 2 <= most && total % (power * 2) === 0) power *= 2;
  return power;
}

/** The largest power of two up to `value`; at least 1. */
export function powerBelow(value: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(value)));
}

/** `from`, twice that and so on up to `most`; `from` is a power of two. */
export function powersTo(most: number, from = 1): number[] {
  const powers: number[] = [];
  for (let power = from; power <= most; power *= 2) powers.push(power);
  return powers;
}

/** Bits that tell `count` things apart; at least 1. */
export function indexBits(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(count)));
}
