/**
 * The layer network: every process of docs/accelerator.md, for one accelerator shape. The same function describes a tiny accelerator for
 * tests, the paper's configuration and a planned one; with a head descriptor the same hardware computes the LM head.
 */
import { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Network } from '../../kernel/ir.js';
import type { AcceleratorShape } from '../shape.js';
import { buildBack } from './back.js';
import type { LayerContext } from './context.js';
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

/** Builds the network. */
export function buildLayerNetwork(shape: AcceleratorShape): LayerNetwork {
  const { net, scalars } = layerBuilder(shape);
  return { network: net.build(), scalars };
}

/** The network with every operation that the units wrote: what `buildLayerNetwork` simplifies. */
export function layerAsWritten(shape: AcceleratorShape): Network {
  return layerBuilder(shape).net.asWritten();
}

function layerBuilder(shape: AcceleratorShape) {
  const net = new NetworkBuilder(
    'layer',
    'One Mamba2 layer, or the final norm and LM head, over the tokens of a call.',
  );
  const named = layerSizes(shape);
  for (const size of Object.values(named)) net.size(size);
  const scalars = declareLayerScalars(net, shape);
  const ports = declareLayerPorts(net, shape);
  const layer: LayerContext = { net, shape, scalars, ports, named };
  const params = buildLayerParams(layer);
  const front = buildFront(layer);
  const y = buildSsmPath(layer, front, params);
  buildBack(layer, { y, z: front.z }, params);
  return { net, scalars };
}
