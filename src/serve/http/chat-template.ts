/**
 * The prompt of a chat: each message as `Role: text` and an empty line, then `Assistant:`. Mamba2 checkpoints are text models without a template of their
 * own; a model that was trained on another form gets its prompt through /v1/completions.
 */

export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  readonly content: string;
}

const NAMES = { system: 'System', developer: 'System', user: 'User', assistant: 'Assistant' } as const;

/** Ends the answer of a model that goes on with the user's next message. */
export const CHAT_STOP = '\nUser:';

export function chatPrompt(messages: readonly ChatMessage[]): string {
  const told = messages.map(({ role, content }) => `${NAMES[role]}: ${content}\n\n`);
  return `${told.join('')}Assistant:`;
}
