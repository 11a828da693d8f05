import type { Quote } from "live-comments-client";

/** Whose comment the next one answers. What that comment says is read where it stands: see below. */
export type ReplyTarget = Pick<Quote, "id" | "name">;

export interface ComposerState {
  text: string;
  /** Without the text: a comment that is hidden meanwhile must be gone from here as well. */
  replyTo: ReplyTarget | null;
  /** Grows when the composer should take the focus. */
  focusRequests: number;
}

export const emptyComposer: ComposerState = { text: "", replyTo: null, focusRequests: 0 };

export function startReply(state: ComposerState, { id, name }: ReplyTarget): ComposerState {
  return { ...state, replyTo: { id, name }, focusRequests: state.focusRequests + 1 };
}

export function askForFocus(state: ComposerState): ComposerState {
  return { ...state, focusRequests: state.focusRequests + 1 };
}

/** Brings a text and what it answers back, before whatever has been typed or chosen since. */
export function bringBack(
  state: ComposerState,
  { text, reply }: { text: string; reply: Quote | null },
): ComposerState {
  const joined = state.text.trim() === "" ? text : `${text} ${state.text}`;
  const former = reply && { id: reply.id, name: reply.name };
  return askForFocus({ ...state, text: joined, replyTo: state.replyTo ?? former });
}
