/**
 * The layer network: every process of docs/accelerator.md, for one accelerator shape. The same function describes a tiny accelerator for
 * tests, the paper's configuration and a planned one; with a head descriptor the same hardware computes the LM head.
 */
import { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Network } from '../../kernel/ir.js';
import { type AcceleratorShape, derive } from '../shape.js';
import { buildBack } from './back.js';
import { buildFront } from './front.js';
import { buildLayerParams } from './params.js';
import { declareLayerPorts } from './ports.js';
import { declareLayerScalars, type LayerScalars } from './scalars.js';
import { layerSizes } from './sizes.js';
import { buildSsmPath } from './ssm-path.js';

export interface LayerNetwork {
  readonly network: Network;
  readonly scalars: LayerScalars;
}

/** Builds the network. Throws KernelError where the shape's sizes do not fit together. */
export function buildLayerNetwork(shape: AcceleratorShape): LayerNetwork {
  const d = derive(shape);
  const net = new NetworkBuilder(
    'layer',
    'One Mamba2 layer, or the final norm and LM head, over the tokens of a call.',
  );
  for (const size of Object.values(layerSizes(shape))) net.size(size);
  const scalars = declareLayerScalars(net, shape, d);
  const ports = declareLayerPorts(net, shape);
  const params = buildLayerParams(net, shape, d, scalars, ports);
  const front = buildFront(net, shape, d, scalars, ports);
  const y = buildSsmPath(net, shape, d, scalars, ports, front, params);
  buildBack(net, shape, d, scalars, ports, { y, z: front.z }, params);
  return { network: net.build(), scalars };
}
