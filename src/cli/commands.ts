/** All commands, in the order of the help text. A new command is one file and one line here. */
import type { Command } from 'commander';
import { addBoard } from './board.js';
import { addCosim } from './cosim.js';
import { addCsim } from './csim.js';
import { addDoctor } from './doctor.js';
import { addEmit } from './emit.js';
import { addEval } from './eval.js';
import { addHls } from './hls.js';
import { addLogits } from './logits.js';
import { addPlan } from './plan.js';
import { addQuantize } from './quantize.js';
import { addReport } from './report.js';
import { addRun } from './run.js';
import { addServe } from './serve.js';
import { addSynth } from './synth.js';
import { addVerify } from './verify.js';

/** Each adds its command to the program. */
export const commands: readonly ((program: Command) => void)[] = [
  addHls,
  addQuantize,
  addEval,
  addLogits,
  addRun,
  addServe,
  addPlan,
  addEmit,
  addCsim,
  addCosim,
  addSynth,
  addVerify,
  addBoard,
  addReport,
  addDoctor,
];
