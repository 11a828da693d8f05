import { formatWait } from "./format";
import type { Action, ReportReason } from "./protocol.gen";
import type { About, Deed } from "./store/deeds";
import { refusalSentence } from "./strings";

/** Every sentence of menus, actions and the moderators' desk. */

export const reportReasons: Record<ReportReason, string> = {
  spam: "Spam or advertising",
  harassment: "Insults or harassment",
  hate: "Hate",
  violence: "Threats or violence",
  sexual: "Sexual content",
  self_harm: "Self-harm",
  personal_data: "Somebody’s personal data",
  other: "Something else",
};

/** What moderators say most; they may write something of their own. */
export const sanctionReasons = [
  "Spam or advertising",
  "Insults or harassment",
  "Hate",
  "Off topic",
  "Spoilers",
  "Personal data",
];

export const timeOutPresets: readonly { seconds: number; label: string }[] = [
  { seconds: 10, label: "10 s" },
  { seconds: 60, label: "1 min" },
  { seconds: 300, label: "5 min" },
  { seconds: 600, label: "10 min" },
  { seconds: 1_800, label: "30 min" },
  { seconds: 86_400, label: "24 h" },
];

/** The reasons of comments/spam/verdict.py and of review mode, for moderators. */
const ruleReasons: Record<string, string> = {
  review: "review mode",
  spam_copies: "many people post this",
  spam_words: "word list",
  spam_patterns: "pattern",
  spam_links: "link",
  spam_model: "looks like spam",
  spam_raid: "raid",
  standing: "newcomer",
};

/** Why the room's rules stopped or marked a comment. */
export function ruleSentence(reason: string, detail = ""): string {
  const words = ruleReasons[reason] ?? reason;
  return detail === "" ? words : `${words}: ${detail}`;
}

/** What an action did, in the past tense. */
export function doneSentence(action: Action, { name }: About): string {
  const who = name ?? "somebody";
  switch (action.type) {
    case "hide_comment":
      return `Hid a comment by ${who}`;
    case "restore_comment":
      return `Restored a comment by ${who}`;
    case "withdraw_comment":
      return "Withdrew your comment";
    case "report_comment":
      return "Reported. A moderator will look at it";
    case "dismiss_reports":
      return `Left a comment by ${who} as it is`;
    case "pin_comment":
      return `Pinned a comment by ${who}`;
    case "unpin_comment":
      return "Unpinned";
    case "approve_held":
      return `Approved a comment by ${who}`;
    case "refuse_held":
      return `Refused a comment by ${who}`;
    case "reopen_held":
      return `A comment by ${who} waits again`;
    case "clear_user":
      return `Removed all comments by ${who}`;
    case "restore_user":
      return `Restored the comments by ${who}`;
    case "warn_user":
      return `Warned ${who}`;
    case "time_out_user":
      return `Timed ${who} out for ${formatWait(action.seconds)}`;
    case "ban_user":
      return `Banned ${who}`;
    case "lift_sanction":
      return `Lifted the sanction of ${who}`;
    case "set_modes":
      return modesSentence(action);
    case "panic":
      return action.on ? "Panic switch on" : "Panic switch off";
  }
}

function modesSentence(modes: Extract<Action, { type: "set_modes" }>): string {
  const said: string[] = [];
  if (modes.closed != null) said.push(modes.closed ? "Closed the room" : "Opened the room");
  if (modes.slow_seconds != null) {
    said.push(modes.slow_seconds ? `Slow mode ${formatWait(modes.slow_seconds)}` : "Slow mode off");
  }
  if (modes.min_account_age_minutes != null) {
    const wait = formatWait(modes.min_account_age_minutes * 60);
    said.push(modes.min_account_age_minutes ? `Account age ${wait}` : "Account age off");
  }
  if (modes.review != null) said.push(modes.review ? "Review on" : "Review off");
  if (modes.links != null) said.push(`Links: ${linkModes[modes.links].toLowerCase()}`);
  if (modes.standing_only != null) {
    said.push(modes.standing_only ? "Newcomers wait" : "Newcomers may post");
  }
  if (modes.raid_seconds != null) {
    const wait = formatWait(modes.raid_seconds);
    said.push(modes.raid_seconds ? `Raid mode for ${wait}` : "Raid mode off");
  }
  if (modes.delay != null) said.push(modes.delay ? `Delay ${modes.delay} s` : "Delay off");
  if (modes.pace != null) said.push(modes.pace ? `Pace ${modes.pace}/s` : "Pace: show all");
  return said.join(", ") || "Changed nothing";
}

export const linkModes = {
  allow: "Allowed",
  hold: "Wait for review",
  listed: "Listed sites only",
  block: "Refused",
} as const;

/** How one's own action stands. */
export function deedSentence(deed: Deed): string {
  const done = doneSentence(deed.action, deed.about);
  switch (deed.state) {
    case "pending":
      return `${done} …`;
    case "done":
      return `${done}.`;
    case "undone":
      return `${done}: undone.`;
    case "refused":
      return `Not done (${done}). ${refusalSentence(deed.code ?? "internal", 0)}`;
    case "unconfirmed":
      return `Not confirmed (${done}). It may not have been done.`;
  }
}

/** The kinds of events, as the log of the room names them. */
const logged: Record<string, string> = {
  "comment.hidden": "hid a comment",
  "comment.restored": "restored a comment",
  "comment.pinned": "pinned a comment",
  "comment.unpinned": "unpinned a comment",
  "hold.approved": "approved a comment",
  "hold.refused": "refused a comment",
  "hold.closed": "refused a comment",
  "hold.reopened": "let a comment wait again",
  "reports.dismissed": "left a reported comment as it is",
  "user.cleared": "removed all comments",
  "user.restored": "restored all comments",
  "user.warned": "warned",
  "user.sanctioned": "timed out or banned",
  "sanction.lifted": "lifted a sanction",
  "modes.changed": "changed the modes",
  "raid.began": "began raid mode",
  "status.changed": "started or ended the stream",
  "staff.changed": "changed the moderators",
  "rules.changed": "changed the rules",
  "appeal.closed": "answered an appeal",
};

export function loggedSentence(action: string): string {
  return logged[action] ?? action.replace(/[._]/gu, " ");
}
