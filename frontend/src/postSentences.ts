import type { ErrorCode } from "live-comments-client";
import { heldSentence, refusalSentence, turnedDownSentence } from "./sentences";
import type { OutgoingPost } from "./store/outbox";
import { s } from "./strings";

/** Refusals that only other words can heal: to send the same again is of no use. */
const NEEDS_OTHER_WORDS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "empty",
  "too_long",
  "not_text",
  "links_not_allowed",
  "rule_broken",
  "unknown_comment",
]);

/** True when it is not in the room and nobody is going to bring it there. */
export function isFailed({ state }: OutgoingPost): boolean {
  return state === "refused" || state === "turned_down" || state === "unconfirmed";
}

/** True when the same words may be let in another time. `isKnown`: the server knows its nonce. */
export function canRetry(post: OutgoingPost, isKnown: boolean): boolean {
  if (post.state === "refused") return !NEEDS_OTHER_WORDS.has(post.code);
  return post.state === "unconfirmed" && isKnown;
}

/** What became of one's own comment, in a word or two. */
export function postTitle(post: OutgoingPost): string {
  if (post.state === "sending") return s.post.sending;
  return post.state === "held" ? s.post.held : s.post.notSent;
}

/** Why, in a sentence. `hasWaited`: there was a wait, which is over when no seconds are left. */
export function postSentence(post: OutgoingPost, waitSeconds: number, hasWaited: boolean): string {
  switch (post.state) {
    case "sending":
      return s.post.sending;
    case "held":
      return heldSentence(post.rule);
    case "turned_down":
      return turnedDownSentence(post.outcome, post.reason);
    case "refused":
      if (hasWaited && waitSeconds === 0) return s.post.waitOver;
      return refusalSentence(post.code, waitSeconds, post.message);
    case "unconfirmed":
      return s.post.unconfirmed;
  }
}
