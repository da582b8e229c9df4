/** The state space engine: scale x by dt, update the state and read it out (docs/integer-model.md section 7). */
export { type ScaleXParams, scaleX } from './ssm-scale-x.js';
export { type StateSpaceParams, stateSpace } from './ssm-state-space.js';
