/** The programs outside npm that this project can use: how to ask for their version, what they give, how to get them. */

/** One program. */
export interface KnownTool {
  readonly name: string;
  /** Arguments that make it print its version. */
  readonly versionArguments: readonly string[];
  /** Finds the version in what it prints; its first group is the version. */
  readonly version: RegExp;
  readonly enables: string;
  readonly get: string;
  /** Whether a command of this release cannot do without it. */
  readonly isNeeded: boolean;
}

export const KNOWN_TOOLS: readonly KnownTool[] = [
  {
    name: 'g++',
    versionArguments: ['-dumpfullversion', '-dumpversion'],
    version: /^(\d[\d.]*)/,
    enables: 'C simulation of the emitted kernels (csim, hls, run and logits with --engine csim)',
    get: 'apt-get install g++ (9 or later)',
    isNeeded: true,
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
    name: 'vivado',
    versionArguments: ['-version'],
    version: /v(\d{4}\.\d\S*)/,
    enables: 'implementation of the exported IP for the board',
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
    enables: 'simulation of RTL; no command of this release emits RTL yet',
    get: 'apt-get install verilator',
    isNeeded: false,
  },
  {
    name: 'yosys',
    versionArguments: ['-V'],
    version: /Yosys (\S+)/,
    enables: 'synthesis of RTL; no command of this release emits RTL yet',
    get: 'apt-get install yosys',
    isNeeded: false,
  },
];
