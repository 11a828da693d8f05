import { CLOSE_CODES, type ErrorCode } from "live-comments-client";
import type { TombstoneEntry } from "./store/comments";
import type { Notice } from "./store/notices";
import { s } from "./strings";
import { formatWait } from "./waits";

/** Which sentence fits; the words are in strings/. */

/** Refusals whose sentence is the room's own rule, as the server tells it. */
const RULE_CODES: readonly ErrorCode[] = ["rule_broken", "links_not_allowed"];

/** Why a comment was refused, in a sentence, with the wait where time heals it. */
export function refusalSentence(code: ErrorCode, waitSeconds: number, rule = ""): string {
  if (rule !== "" && RULE_CODES.includes(code)) return rule;
  // A newer server may know codes that this page does not.
  const sentence = code in s.refusals ? s.refusals[code] : s.refusals.internal;
  return waitSeconds > 0 ? `${sentence} ${s.post.tryAgainIn(formatWait(waitSeconds))}` : sentence;
}

/** `rule` is what the room expects; the reason alone is a word of the moderators' own. */
export function heldSentence(rule: string): string {
  return rule === "" ? s.post.heldWho : `${s.post.heldWho} ${rule}`;
}

export function tombstoneSentence({ cause, user }: TombstoneEntry): string {
  switch (cause) {
    case "author":
      return s.comment.withdrawn;
    case "cleared":
      return user ? s.comment.cleared(user.name) : s.comment.clearedSomebody;
    case "moderator":
      return s.comment.removed;
  }
}

export function turnedDownSentence(outcome: "refused" | "expired", reason: string): string {
  if (outcome === "expired") return s.post.expired;
  return reason ? s.post.turnedDownFor(reason) : s.post.turnedDown;
}

/** True when only a newer page can go on. */
export function isOutdated(closeCode: number | null): boolean {
  return closeCode === CLOSE_CODES.UNSUPPORTED_VERSION;
}

/** Why the page has stopped trying, for the codes that end a connection for good. */
export function stoppedSentence(closeCode: number | null): string {
  switch (closeCode) {
    case CLOSE_CODES.UNSUPPORTED_VERSION:
      return s.connection.outdated;
    case CLOSE_CODES.UNKNOWN_STREAM:
      return s.connection.unknownStream;
    case CLOSE_CODES.TOO_MANY_SOCKETS:
      return s.connection.tooManyPages;
    default:
      return s.connection.ended;
  }
}

export function busySentence(oneIn: number): string {
  return oneIn < 2 ? s.room.nearlyAll : s.room.busy(oneIn);
}

export function comebackSentence(comments: number | null): string {
  if (comments === null) return s.connection.latest;
  if (comments === 0) return s.connection.missedNothing;
  return s.connection.caughtUp(comments);
}

export function noticeSentence({ item, words }: Notice): string {
  switch (item.type) {
    case "you.hidden":
      if (item.id == null) return s.notices.allHidden;
      return words === null ? s.notices.oneHidden : s.notices.thisHidden;
    case "you.warned":
      return words === null ? s.notices.warned : s.notices.warnedFor;
    case "you.appealed":
      return item.outcome === "granted" ? s.notices.granted : s.notices.rejected;
  }
}
