/**
 * The one file of C++ that Yosys writes, as several: modules by themselves where they are large, else some together, so that they compile on
 * all cores and from the cache.
 */
export interface DesignPart {
  readonly text: string;
  /** Optimizing takes a compiler minutes where a module is large: those are compiled as they stand. */
  readonly optimize: boolean;
}

/** Bytes of a part; a module of more is alone. */
const PART_BYTES = 250_000;
/** A module of so many bytes is not optimized. */
const LARGE_BYTES = 120_000;

/** Cuts between modules: each begins with its reset function. */
export function splitDesign(text: string): DesignPart[] {
  const marks = [...text.matchAll(/^void \w+::reset\(\) \{/gm)].map(({ index }) => index);
  const end = text.lastIndexOf('\n} // namespace cxxrtl_design');
  if (marks.length === 0 || end < marks.at(-1)!) return [{ text, optimize: text.length < LARGE_BYTES }];
  const head = `#include "design.h"\n\nusing namespace cxxrtl_yosys;\n\nnamespace cxxrtl_design {\n`;
  const modules = marks.map((from, i) => text.slice(from, marks[i + 1] ?? end));
  const small = modules.filter((module) => module.length < LARGE_BYTES);
  const groups: string[][] = [[]];
  let size = 0;
  for (const module of small) {
    if (size > 0 && size + module.length > PART_BYTES) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(module);
    size += module.length;
  }
  const whole = (parts: readonly string[]) => `${head}${parts.join('')}\n} // namespace cxxrtl_design\n`;
  return [
    ...modules
      .filter((module) => module.length >= LARGE_BYTES)
      .map((module) => ({ text: whole([module]), optimize: false })),
    ...groups.filter((group) => group.length > 0).map((group) => ({ text: whole(group), optimize: true })),
    // What follows the modules: the entry for C.
    {
      text: `#include "design.h"\n${text.slice(end + '\n} // namespace cxxrtl_design'.length)}`,
      optimize: true,
    },
  ];
}
