/** What every part of the layer network is built into and from. */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { AcceleratorShape } from '../shape.js';
import type { LayerPorts } from './ports.js';
import type { LayerScalars } from './scalars.js';

export interface LayerContext {
  readonly net: NetworkBuilder;
  readonly shape: AcceleratorShape;
  readonly scalars: LayerScalars;
  readonly ports: LayerPorts;
}
