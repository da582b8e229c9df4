/** What an emitted file says of where it comes from. */
import type { Network } from '../../kernel/ir.js';
import { render } from './template.js';

export interface Origin {
  readonly model: string;
  readonly planDigest: string;
  readonly command: string;
}

/** First lines of every emitted file: model, plan and command. Comments in C++ and SystemVerilog alike. */
export function bannerOf(network: Network, { model, planDigest, command }: Origin): string {
  return render('hls-templates/banner.ejs', { network, model, planDigest, command }).trimEnd();
}
