/** What all parts of the layer network share: where they are built, and for which shape. */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { AcceleratorShape } from '../shape.js';
import type { LayerPorts } from './ports.js';
import type { LayerScalars } from './scalars.js';
import type { LayerSizes } from './sizes.js';

export interface LayerContext {
  readonly net: NetworkBuilder;
  readonly shape: AcceleratorShape;
  readonly scalars: LayerScalars;
  readonly ports: LayerPorts;
  /** Sizes by their names in the emitted code. */
  readonly named: LayerSizes;
}
