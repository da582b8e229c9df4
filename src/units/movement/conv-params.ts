/**
 * Parameter words of the convolution: one word per group of Lc channels, [fields x Lc] u16, field by field (all lanes of a field side by
 * side): K weights oldest tap first, bias low, bias high, shift, then padding up to a power of two of fields. In memory the groups follow
 * each other in the order in which the convolution meets them, which is the row order B, C, x.
 */

/** Fields per channel: K weights, two of bias, one of shift, rounded up to a power of two so that words fill port words. */
export function convFields(taps: number): number {
  return 2 ** Math.ceil(Math.log2(taps + 3));
}

/** Parameters of the channels, in the order of the words. `weight` is [channels][taps]. */
export interface ConvTables {
  readonly weight: Int16Array;
  readonly bias: Int32Array;
  readonly shift: Uint8Array;
}

/** The u16 image of these channels: groups x fields x lanes. */
export function packConvParams(tables: ConvTables, taps: number, lanes: number): Uint16Array {
  const channels = tables.bias.length;
  const fields = convFields(taps);
  const image = new Uint16Array(channels * fields);
  for (let c = 0; c < channels; c++) {
    const group = Math.floor(c / lanes);
    const put = (field: number, value: number) => {
      image[(group * fields + field) * lanes + (c % lanes)] = value & 0xffff;
    };
    for (let k = 0; k < taps; k++) put(k, tables.weight[c * taps + k]);
    put(taps, tables.bias[c]);
    put(taps + 1, tables.bias[c] >> 16);
    put(taps + 2, tables.shift[c]);
  }
  return image;
}
