/** Emitted functions from outside: their parameters, their declarations, and calls of them. */
import type { Channel, Port } from '../../kernel/ir.js';
import { printType, totalBits } from '../../kernel/type.js';
import type { Interface } from '../network/interface.js';
import { Lines } from '../network/lines.js';
import { elementName, wordName } from './type.js';

/** A parameter of an emitted function: its C++ type and name, and what a reader wants to know. */
export interface Parameter {
  readonly type: string;
  readonly name: string;
  readonly note: string;
}

/** C++ parameters for streams (in, out), ports and scalars. */
export function parametersOf({ inputs, outputs, ports, scalars }: Interface): Parameter[] {
  const stream =
    (way: string) =>
    (channel: Channel): Parameter => ({
      type: `hls::stream<${wordName(channel.type)}>&`,
      name: channel.name,
      note: `${way}, ${printType(channel.type)}: ${channel.doc}`,
    });
  return [
    ...inputs.map(stream('in')),
    ...outputs.map(stream('out')),
    ...ports.map((port) => ({
      type: portType(port),
      name: port.name,
      note: `${port.direction}s ${printType(port.type)}: ${port.doc}`,
    })),
    ...scalars.map((scalar) => ({
      type: elementName(scalar.element),
      name: scalar.name,
      note: `${scalar.range.lo}..${scalar.range.hi}: ${scalar.doc}`,
    })),
  ];
}

export function portType(port: Port): string {
  return `${port.direction === 'read' ? 'const ' : ''}ap_uint<${totalBits(port.type)}>*`;
}

/** `void name(...)` with a parameter and its note a line. `end` closes it: `;` or ` {`. */
export function signature(name: string, parameters: readonly Parameter[], end: string): string {
  const lines = new Lines();
  if (parameters.length === 0) {
    lines.add(`void ${name}()${end}`);
    return lines.toString();
  }
  lines.add(`void ${name}(`);
  parameters.forEach(({ type, name: parameter, note }, i) => {
    const last = i === parameters.length - 1;
    lines.noted(`    ${type} ${parameter}${last ? `)${end}` : ','}`, note);
  });
  return lines.toString();
}

/** How a call spells what it hands over, where it stands. */
export interface Arguments {
  readonly stream: (channel: Channel) => string;
  readonly port: (port: Port) => string;
  readonly scalar: (name: string) => string;
}

/** Arguments in the order of `parametersOf`. */
export function argumentsOf({ inputs, outputs, ports, scalars }: Interface, by: Arguments): string[] {
  return [
    ...[...inputs, ...outputs].map(by.stream),
    ...ports.map(by.port),
    ...scalars.map(({ name }) => by.scalar(name)),
  ];
}

/** Columns that a call may take. */
const CALL_COLUMNS = 100;

/** `name(a, b, c);` in as many lines as it takes; it stands `indent` columns from the margin. */
export function call(name: string, list: readonly string[], indent = 0): string {
  const lines: string[] = [''];
  list.forEach((one, i) => {
    const text = i < list.length - 1 ? `${one},` : one;
    const line = lines[lines.length - 1];
    if (line && line.length + text.length > CALL_COLUMNS - name.length) lines.push(text);
    else lines[lines.length - 1] = line ? `${line} ${text}` : text;
  });
  return `${name}(${lines.join(`\n${' '.repeat(indent + name.length + 1)}`)});`;
}
