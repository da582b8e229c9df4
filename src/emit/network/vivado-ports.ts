/**
 * Ports of a Verilog-2001 module with the attributes by which Vivado's block designs know them: what interface a port belongs to, and what
 * the interface is like (UG994, "X_INTERFACE_INFO and X_INTERFACE_PARAMETER attributes").
 */
import type { AxiSignal } from './axi-signals.js';

/** A port as a module's head declares it, in two lines: `(* attributes *)` and `declaration`. */
export interface VivadoPort {
  readonly attributes: string;
  readonly declaration: string;
}

/** What is said of an interface, by name. */
export type InterfaceParameters = Readonly<Record<string, string | number>>;

type Definition = 'aximm' | 'clock' | 'reset' | 'interrupt';

const library: Readonly<Record<Definition, string>> = {
  aximm: 'xilinx.com:interface:aximm:1.0',
  clock: 'xilinx.com:signal:clock:1.0',
  reset: 'xilinx.com:signal:reset:1.0',
  interrupt: 'xilinx.com:signal:interrupt:1.0',
};

/** The ports of an AXI interface, the module's `signals` under its name. The first says what the interface is like. */
export function axiInterface(
  name: string,
  signals: readonly AxiSignal[],
  parameters: InterfaceParameters,
): VivadoPort[] {
  return signals.map((signal, i) => ({
    attributes: attributes('aximm', name, signal.name.toUpperCase(), i === 0 ? parameters : null),
    declaration: declare(signal.out, signal.isBus ? signal.bits : null, `${name}_${signal.name}`),
  }));
}

/** The clock of the interfaces `of`, which the reset clears, or of all. */
export function clockPort(name: string, reset: string, of: readonly string[]): VivadoPort {
  const parameters = { ASSOCIATED_BUSIF: of.join(':'), ASSOCIATED_RESET: reset };
  return {
    attributes: attributes('clock', name, 'CLK', parameters),
    declaration: declare(false, null, name),
  };
}

/** A reset that is active while low. */
export function resetPort(name: string): VivadoPort {
  const parameters = { POLARITY: 'ACTIVE_LOW' };
  return {
    attributes: attributes('reset', name, 'RST', parameters),
    declaration: declare(false, null, name),
  };
}

/** An interrupt that stays high until it is acknowledged. */
export function interruptPort(name: string): VivadoPort {
  const parameters = { SENSITIVITY: 'LEVEL_HIGH' };
  return {
    attributes: attributes('interrupt', name, 'INTERRUPT', parameters),
    declaration: declare(true, null, name),
  };
}

/** The lines of a module's head: a comma after each declaration but the last. */
export function headOf(ports: readonly VivadoPort[]): VivadoPort[] {
  return ports.map(({ attributes, declaration }, i) => ({
    attributes,
    declaration: i < ports.length - 1 ? `${declaration},` : declaration,
  }));
}

function attributes(
  definition: Definition,
  name: string,
  role: string,
  parameters: InterfaceParameters | null,
): string {
  const info = `X_INTERFACE_INFO = "${library[definition]} ${name} ${role}"`;
  if (parameters === null) return info;
  const said = Object.entries(parameters).map(([key, value]) => `${key} ${value}`);
  return `${info}, X_INTERFACE_PARAMETER = "${[`XIL_INTERFACENAME ${name}`, ...said].join(', ')}"`;
}

function declare(out: boolean, bits: number | null, name: string): string {
  const range = bits === null ? '' : `[${bits - 1}:0] `;
  return `${out ? 'output' : 'input '} wire ${range}${name}`;
}
