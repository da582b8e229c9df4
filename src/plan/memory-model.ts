/**
 * The board's memory as the timed simulation sees it: a rate and a latency for every port of the layer network. Ports that share a channel
 * share its rate by the bytes they move (a fluid model): the weight streams get their share of a call's bytes, every other port is as fast as a
 * channel when its turn comes. So a call is never faster than its bytes at the rate of long streams.
 */
import type { Network, Port } from '../kernel/ir.js';
import type { PortModel } from '../kernel/simulate.js';
import { totalBits } from '../kernel/type.js';
import type { AcceleratorShape } from '../units/shape.js';
import { derive } from '../units/shape.js';
import { channelBytesPerCycle, type Device } from './device.js';
import { headTraffic, layerTraffic, totalBytes } from './traffic.js';

/** What a call does, as far as memory cares. */
export type CallKind = { readonly kind: 'layer' | 'head'; readonly tokens: number };

/** Words that a port may have asked for and not got: enough to cover the latency at a word a cycle, with as much again for pauses. */
export function outstandingWords(latencyCycles: number): number {
  return 2 ** Math.ceil(Math.log2(2 * latencyCycles));
}

/** A model for every port. */
export function portModels(
  network: Network,
  shape: AcceleratorShape,
  device: Device,
  call: CallKind,
): Record<string, PortModel> {
  const shares = weightShares(shape, call);
  const channelRate = channelBytesPerCycle(device) * device.memory.efficiency;
  const { latencyCycles } = device.memory;
  /** A stripe a port; fewer ports than channels leave a channel idle, more share one. */
  const streamRate = Math.min(channelRate, (channelRate * device.memory.channels) / shape.weightPorts);
  return Object.fromEntries(
    network.ports.map(({ name, type }) => {
      const share = name.startsWith('weights_in')
        ? shares.in
        : name.startsWith('weights_out')
          ? shares.out
          : 1;
      const rate = share === 1 ? channelRate : streamRate * share;
      const cyclesPerWord = Math.max(1, totalBits(type) / 8 / rate);
      return [name, { cyclesPerWord, latencyCycles, outstandingWords: outstandingWords(latencyCycles) }];
    }),
  );
}

/** Shares of the rate that the two weight streams get: both arrays work at once only where chunks overlap. */
function weightShares(shape: AcceleratorShape, { kind, tokens }: CallKind): { in: number; out: number } {
  const traffic = kind === 'head' ? headTraffic(shape, tokens) : layerTraffic(shape, tokens);
  const all = totalBytes(traffic);
  const weights = traffic.weights / all;
  if (kind === 'head' || tokens <= shape.chunkTokens) return { in: weights, out: weights };
  const d = derive(shape);
  const inBytes = (d.dtTiles + d.xbcTiles + d.zTiles) * shape.inProj.rows * shape.dims.dModel;
  const outBytes = d.outTiles * shape.outProj.rows * shape.dims.dInner;
  const inShare = inBytes / (inBytes + outBytes);
  return { in: weights * inShare, out: weights * (1 - inShare) };
}

/** The memory channel of each port: weight stripes by their number, the others in turn. */
export function portChannels(ports: readonly Port[], channels: number): Map<string, number> {
  let others = 0;
  return new Map(
    ports.map(({ name }) => {
      const stripe = /^weights.*_(\d+)$/.exec(name);
      return [name, (stripe ? Number(stripe[1]) : others++) % channels];
    }),
  );
}
