/** Replay, MAT array and corner turn joined as the layer joins them: what one writes the next reads, and what a call costs in steps. */

import { expect, test } from 'vitest';
import { lastTokens } from '../../../test/support/unit-reference-order.js';
import { NetworkBuilder } from '../../kernel/build/network-builder.js';
import { checkRates } from '../../kernel/check/rates.js';
import { compileSlices } from '../../kernel/simulate/control-slice.js';
import { sint, typeOf, uint } from '../../kernel/type.js';
import { cornerTurn } from '../movement/corner-turn.js';
import { replay } from '../movement/replay.js';
import { mat } from './mat.js';
import { stateSpace } from './ssm.js';

const T = 6;
const tile = { rows: 4, cols: 2, weightLanes: 4, ports: 1 };
const colTiles = 5;
const minSlots = 4;

function chain() {
  const net = new NetworkBuilder('chain', 'Replay, MAT array, corner turn.');
  const chunks = net.scalar('chunks', 0, 9, 'chunks');
  const lastTokens = net.scalar('last_tokens', 0, T, 'tokens of the last chunk');
  const chunkTokens = net.scalar('chunk_tokens', 0, T, 'tokens of a chunk');
  const slots = net.scalar('slots', minSlots, T, 'steps a tile');
  const rowTiles = net.scalar('row_tiles', 0, 9, 'rows of tiles');
  const channel = (name: string, bits: number, lanes: number) =>
    net.channel(name, typeOf(sint(bits), lanes), name);
  const again = channel('again', 8, 2);
  const sums = channel('sums', 32, 4);
  const common = { chunks, chunkTokens, lastTokens };
  replay(net, 'replay', {
    input: channel('input', 8, 2),
    output: again,
    ...common,
    mostTokens: T,
    slots,
    rowTiles,
    colTiles,
  });
  mat(net, 'mat', {
    tile,
    weights: [channel('weights', 8, 4)],
    input: again,
    output: sums,
    ...common,
    rowTiles,
    colTiles,
    slots,
    minSlots,
    lutRows: 0,
  });
  cornerTurn(net, 'turn', {
    input: sums,
    output: channel('output', 32, 4),
    ...common,
    mostTokens: T,
    tiles: 3,
    tileWords: 1,
    tokenWords: 2,
  });
  return net.build();
}

const call = (tokens: number) => ({
  chunks: Math.ceil(tokens / T),
  last_tokens: lastTokens({ T, tokens }),
  chunk_tokens: Math.min(T, tokens),
  slots: Math.max(minSlots, Math.min(T, tokens)),
  row_tiles: 3,
});

/** Iterations of each nest of a process. */
function steps(
  network: ReturnType<typeof chain>,
  process: string,
  scalars: Record<string, number>,
): number[] {
  const values = network.scalars.map(({ name }) => scalars[name]);
  const traces = compileSlices(network).trace(values);
  return traces[network.processes.findIndex(({ name }) => name === process)].map(
    ({ iterations }) => iterations,
  );
}

test('what one writes the next reads, for every length of a call', () => {
  checkRates(chain(), [0, 1, T - 1, T, T + 1, 2 * T + 3].map(call));
});

test('decode costs the steps of one write walk and one read walk, and no token no step at all', () => {
  const network = chain();
  expect(steps(network, 'replay', call(1))).toEqual([colTiles, 0, 3 * colTiles * minSlots]);
  expect(steps(network, 'mat', call(1))).toEqual([(3 * colTiles + 1) * minSlots]);
  expect(steps(network, 'turn', call(1))).toEqual([3, 0, 2]);
  for (const process of ['replay', 'mat', 'turn'])
    expect(steps(network, process, call(0)).reduce((a, b) => a + b)).toBe(0);
});

test('in prefill a chunk costs the longer of its walks, or their sum where one bank has to do', () => {
  const network = chain();
  expect(steps(network, 'replay', call(3 * T))).toEqual([
    T * colTiles,
    2 * 3 * colTiles * T,
    3 * colTiles * T,
  ]);
  expect(steps(network, 'turn', call(3 * T))).toEqual([3 * T, 2 * 5 * T, 2 * T]);
});

test('the state space costs a token its words of state: B and C come beside them', () => {
  const net = new NetworkBuilder('space', 'The state space alone.');
  const channel = (name: string, type = typeOf(sint(16), 4)) => net.channel(name, type, name);
  const state = typeOf(sint(24), 4, 4);
  stateSpace(net, 'unit', {
    ...{ u: channel('u'), x: channel('x'), y: channel('y'), b: channel('b'), c: channel('c') },
    decay: channel('decay', typeOf(uint(17, 17), 1)),
    oldState: [channel('old_state', state)],
    newState: [channel('new_state', state)],
    parameters: channel('parameters', typeOf(uint(16), 4)),
    tokens: net.scalar('tokens', 0, 9, 'tokens'),
    parts: [net.scalar('part', 0, 2 ** 32 - 1, 'part')],
    takes: net.scalar('takes', 0, 1, 'takes'),
    loads: net.scalar('loads', 0, 1, 'loads'),
    stores: net.scalar('stores', 0, 1, 'stores'),
    ...{ heads: 6, groups: 2, headsPerGroup: 3, rowWords: 12, headDim: 8, stateCols: 4 },
  });
  const call = { tokens: 5, part: 0, takes: 1, loads: 0, stores: 0 };
  expect(steps(net.build(), 'unit', call)).toEqual([6, 0, 5 * 12 * 4, 0]);
});
