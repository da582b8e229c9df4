/** The state space engine: scale x by dt, update the state, read it out (docs/integer-model.md section 7). */
export { type ScaleXParams, scaleX } from './ssm-scale-x.js';
export { type StateOutputParams, stateOutput } from './ssm-state-output.js';
export { type StateUpdateParams, stateUpdate } from './ssm-state-update.js';
