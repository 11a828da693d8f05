import type { Comment } from "../protocol.gen";

export interface ComposerState {
  text: string;
  replyTo: Comment | null;
  /** Grows when the composer should take the focus. */
  focusRequests: number;
}

export const emptyComposer: ComposerState = { text: "", replyTo: null, focusRequests: 0 };

export function startReply(state: ComposerState, replyTo: Comment): ComposerState {
  return { ...state, replyTo, focusRequests: state.focusRequests + 1 };
}

/** Brings a text back for editing, before whatever has been typed since. */
export function bringBack(state: ComposerState, text: string): ComposerState {
  const joined = state.text.trim() === "" ? text : `${text} ${state.text}`;
  return { ...state, text: joined, focusRequests: state.focusRequests + 1 };
}
