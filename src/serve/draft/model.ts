/** Drafts by a smaller model of the same vocabulary: its golden model, on this host, takes the most likely token each time. */

import { GoldenModel } from '../../quant/golden/model.js';
import { copyGoldenState, createGoldenState } from '../../quant/golden/state.js';
import type { QuantizedModel } from '../../quant/types.js';
import { mostLikely } from '../sample.js';
import type { Drafter } from './drafter.js';

/** One model for the drafters of all sequences; each has a state of its own. */
export function modelDrafters(model: QuantizedModel): () => Drafter {
  const golden = new GoldenModel(model, { resident: true });
  const { vocabSize } = model.config;
  const likely = (logits: Int16Array) => mostLikely(Float64Array.from(logits.subarray(0, vocabSize)));
  return () => {
    const state = createGoldenState(model.config);
    let fed = 0;
    return {
      async propose(text, count) {
        golden.state = state;
        let logits = await golden.prefill(text.slice(fed), 'last');
        fed = text.length;
        const drafts = [likely(logits)];
        // The state after the text is kept; drafts go on from a copy.
        golden.state = copyGoldenState(state);
        while (drafts.length < count) {
          logits = await golden.step(drafts[drafts.length - 1]);
          drafts.push(likely(logits));
        }
        return drafts;
      },
    };
  };
}
