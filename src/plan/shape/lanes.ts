/** Powers of two, of which all lanes are made. */

/** The largest power of two that divides `total` and is at most `most` (at least 1). */
export function dividingPower(total: number, most = Number.POSITIVE_INFINITY): number {
  let lanes = 1;
  while (lanes * 2 <= most && total % (lanes * 2) === 0) lanes *= 2;
  return lanes;
}

/** The largest power of two up to `value` (at least 1). */
export function powerBelow(value: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(value)));
}

/** 1, 2, 4, ... up to `most`, which is a power of two. */
export function powersTo(most: number, from = 1): number[] {
  const powers: number[] = [];
  for (let lanes = from; lanes <= most; lanes *= 2) powers.push(lanes);
  return powers;
}
