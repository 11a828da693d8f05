import { formatWait, pluralise } from "./format";
import {
  CLOSE_CODES,
  COMMENT_MAX_GRAPHEMES,
  type ErrorCode,
  type ReactionKind,
  type Role,
} from "./protocol.gen";
import type { TombstoneEntry } from "./store/comments";
import type { Notice } from "./store/notices";

/** Every sentence that is not a label of one component. */

const refusals: Record<ErrorCode, string> = {
  bad_message: "The server could not read this. Reload the page and try again.",
  unknown_type: "This page is older than the server. Reload it.",
  unsupported_version: "This page is older than the server. Reload it.",
  hello_expected: "The connection was not ready. Try again.",
  already_joined: "The connection was confused. Try again.",
  not_found: "That is no longer there.",
  unknown_stream: "This stream no longer exists.",
  unknown_comment: "The comment you answered is no longer there.",
  sign_in_required: "Sign in to comment.",
  ticket_invalid: "Your session could not be confirmed. Reload the page.",
  ticket_expired: "Your session ran out. Reload the page.",
  ticket_revoked: "Your session ended. Sign in again.",
  forbidden: "You may not do that here.",
  timed_out: "You are timed out.",
  banned: "You are banned.",
  account_too_new: "Your account is too new for this room.",
  protected: "This person is protected from that.",
  conflict: "Somebody was faster: it is already decided.",
  room_closed: "Comments are closed right now.",
  stream_not_live: "Comments are open while the stream is live.",
  slow_mode: "Slow mode is on.",
  empty: "There is nothing to send.",
  too_long: `Too long: ${COMMENT_MAX_GRAPHEMES} characters at most.`,
  not_text: "It holds characters that cannot be shown.",
  links_not_allowed: "Links are not allowed in this room.",
  rule_broken: "The rules of this room do not allow it.",
  identical_text: "You just said the same.",
  rate_limited: "That was a little fast.",
  address_limited: "Too many comments from your network.",
  stream_limited: "The room is busier than it can show.",
  too_many_pending: "Your earlier comments are still on their way.",
  nonce_reused: "This could not be sent again. Edit it and send it anew.",
  busy: "The server is busy.",
  unavailable: "The server is busy.",
  internal: "Something went wrong on our side.",
};

/** Refusals whose sentence is the room's own rule, as the server tells it. */
const RULE_CODES: readonly ErrorCode[] = ["rule_broken", "links_not_allowed"];

/** Why a comment was refused, in a sentence, with the wait where time heals it. */
export function refusalSentence(code: ErrorCode, waitSeconds: number, rule = ""): string {
  if (rule !== "" && RULE_CODES.includes(code)) return rule;
  // A newer server may know codes that this page does not.
  const sentence = code in refusals ? refusals[code] : refusals.internal;
  return waitSeconds > 0 ? `${sentence} Try again in ${formatWait(waitSeconds)}.` : sentence;
}

export const waitOverSentence = "The wait is over: it can be sent now.";

/** `rule` is what the room expects; the reason alone is a word of the moderators' own. */
export function heldSentence(rule: string): string {
  const who = "Only you and the moderators can see it.";
  return rule === "" ? who : `${who} ${rule}`;
}

export function tombstoneSentence({ cause, user }: TombstoneEntry): string {
  switch (cause) {
    case "author":
      return "Withdrawn by its author";
    case "cleared":
      return `Comments by ${user?.name ?? "somebody"} removed`;
    case "moderator":
      return "Comment removed";
  }
}

export function turnedDownSentence(outcome: "refused" | "expired", reason: string): string {
  if (outcome === "expired") return "No moderator came to it in time, so it was not shown.";
  return reason ? `A moderator did not approve it: ${reason}` : "A moderator did not approve it.";
}

export const unconfirmedSentence = "No answer from the server. It may not have been sent.";

/** True when only a newer page can go on. */
export function isOutdated(closeCode: number | null): boolean {
  return closeCode === CLOSE_CODES.UNSUPPORTED_VERSION;
}

/** Why the page has stopped trying, for the codes that end a connection for good. */
export function stoppedSentence(closeCode: number | null): string {
  switch (closeCode) {
    case CLOSE_CODES.UNSUPPORTED_VERSION:
      return "This page is out of date.";
    case CLOSE_CODES.UNKNOWN_STREAM:
      return "This stream no longer exists.";
    case CLOSE_CODES.TOO_MANY_SOCKETS:
      return "Too many open pages on your network.";
    default:
      return "The server ended this connection.";
  }
}

export function busySentence(oneIn: number): string {
  const share = oneIn < 2 ? "nearly all" : `about 1 in ${oneIn}`;
  return `Busy room: showing ${share} comments`;
}

export const busyAnnouncement = "The room is busy: not every comment is shown.";

/** Beside one's own comment that others are not shown. */
export const leftOutSentence = "Busy room: not shown to everyone";

export function comebackSentence(comments: number | null): string {
  if (comments === null) return "Reconnected: showing the latest comments";
  if (comments === 0) return "Reconnected: you missed nothing";
  return `Caught up: ${pluralise(comments, "comment", "comments")}`;
}

export const reactionNames: Record<ReactionKind, string> = {
  like: "Like",
  love: "Love",
  haha: "Haha",
  wow: "Wow",
  sad: "Sad",
  angry: "Angry",
};

export const roleBadges: Record<Role, string | null> = {
  viewer: null,
  moderator: "Mod",
  manager: "Mod",
  broadcaster: "Host",
  admin: "Admin",
};

export const roleTitles: Record<Role, string | undefined> = {
  viewer: undefined,
  moderator: "Moderator of this stream",
  manager: "Managing moderator of this stream",
  broadcaster: "Broadcaster of this stream",
  admin: "Administrator",
};

/** What moderators told this reader; the words of the comment follow where they are known. */
export function noticeSentence({ item, words }: Notice): string {
  switch (item.type) {
    case "you.hidden":
      if (item.id == null) return "A moderator removed your comments.";
      return words === null
        ? "A moderator removed a comment of yours."
        : "A moderator removed your comment";
    case "you.warned":
      return words === null
        ? "A moderator asks you to mind the rules."
        : "A moderator asks you to mind the rules, for";
    case "you.appealed":
      return item.outcome === "granted" ? "Your appeal was granted." : "Your appeal was rejected.";
  }
}
