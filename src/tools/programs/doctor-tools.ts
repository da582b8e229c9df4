/** The programs that this project can use: how to ask for their version, what they give, how to get them. */

import { findYowasp } from './yowasp.js';

/** A program in PATH. */
interface Program {
  /** Arguments that make it print its version. */
  readonly versionArguments: readonly string[];
  /** Finds the version in what it prints; its first group is the version. */
  readonly version: RegExp;
}

/** An npm package that holds a program. */
interface Package {
  /** Its version; null when it is not installed. */
  readonly npmVersion: () => string | null;
}

/** One program. */
export type KnownTool = (Program | Package) & Description;

interface Description {
  readonly name: string;
  readonly enables: string;
  readonly get: string;
  /** Whether a command of this release cannot do without it. */
  readonly isNeeded: boolean;
  /** A program that serves as well. */
  readonly instead?: string;
}

export const KNOWN_TOOLS: readonly KnownTool[] = [
  {
    name: 'g++',
    versionArguments: ['-dumpfullversion', '-dumpversion'],
    version: /^(\d[\d.]*)/,
    enables:
      'C simulation of the emitted kernels (csim, hls), and the host program (run and logits with --engine csim, rtl or board)',
    get: 'apt-get install g++ (9 or later) or clang (14 or later); on macOS xcode-select --install',
    isNeeded: true,
    instead: 'clang++',
  },
  {
    name: 'clang++',
    versionArguments: ['--version'],
    version: /clang version (\d[\d.]*)/,
    enables: 'the same as g++ (used where there is no g++, or where the variable CXX names it)',
    get: 'apt-get install clang (14 or later); on macOS xcode-select --install',
    isNeeded: false,
  },
  {
    name: 'vitis_hls',
    versionArguments: ['-version'],
    version: /v(\d{4}\.\d\S*)/,
    enables: "the emitted project's own Tcl: csim with the vendor's headers, csynth, cosim, export of the IP",
    get: 'AMD Vitis HLS 2020.1 or later, then source its settings64.sh',
    isNeeded: false,
  },
  {
    name: 'vitis-run',
    versionArguments: ['--version'],
    version: /v(\d{4}\.\d\S*)/,
    enables:
      'the same as vitis_hls, in versions of Vitis that have it no more (used where there is no vitis_hls)',
    get: 'AMD Vitis 2023.2 or later, then source its settings64.sh',
    isNeeded: false,
  },
  {
    name: 'vivado',
    versionArguments: ['-version'],
    version: /v(\d{4}\.\d\S*)/,
    enables: 'the bitstream of a board (board), and synthesis of the emitted RTL alone (synth --tool vivado)',
    get: 'AMD Vivado with Virtex-7 devices, then source its settings64.sh',
    isNeeded: false,
  },
  {
    name: 'bambu',
    versionArguments: ['--version'],
    version: /(?:Version:?\s*(?:PandA)?\s*)(\d{4}\.\d+\S*|\d+\.\d+\S*)/i,
    enables: 'synthesis of the emitted C++ without a vendor tool',
    get: 'PandA Bambu 2024.10 from panda.deib.polimi.it',
    isNeeded: false,
  },
  {
    name: 'verilator',
    versionArguments: ['--version'],
    version: /Verilator (\d+\.\d+)/,
    enables: 'fast simulation of the emitted RTL (cosim), needed for layers of full size',
    get: 'apt-get install verilator (5.006 or later)',
    isNeeded: false,
  },
  {
    name: 'tclsh',
    // It prints no version of itself; this makes it end at once.
    versionArguments: ['/dev/null'],
    version: /^(\d[\d.]*)/,
    enables: "tests of the emitted Tcl against a stand-in for the vendor's commands",
    get: 'apt-get install tcl',
    isNeeded: false,
  },
  {
    name: 'yosys',
    versionArguments: ['-V'],
    version: /Yosys (\S+)/,
    enables: 'the same as yowasp, faster (used when it is 0.40 or later)',
    get: 'apt-get install yosys, or a build of github.com/YosysHQ/oss-cad-suite-build',
    isNeeded: false,
  },
  {
    name: 'yowasp',
    npmVersion: () => findYowasp()?.version ?? null,
    enables: 'synthesis of the emitted RTL for the 7 series (synth), and its simulation with CXXRTL (cosim)',
    get: 'npm install @yowasp/yosys',
    isNeeded: true,
  },
];
