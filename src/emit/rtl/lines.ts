/** Lists in SystemVerilog and Verilog. */

/** Items of a list: a comma after each but the last. */
export function listed(items: readonly string[]): string[] {
  return items.map((item, i) => (i < items.length - 1 ? `${item},` : item));
}
