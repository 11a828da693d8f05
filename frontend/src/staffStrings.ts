import type { Action, ReportReason, Room } from "live-comments-client";
import type { About, Deed } from "./store/deeds";
import type { DeedKind } from "./store/menu";
import type { Logged } from "./store/moderation";
import { formatCount } from "./locale";
import { refusalSentence } from "./sentences";
import { s } from "./strings";
import { en } from "./strings/en";
import { formatWait as formatWaitIn } from "./waits";

/** Every sentence of menus, actions and the moderators' desk that only staff read: in English. */

const formatWait = (seconds: number) => formatWaitIn(seconds, en.wait);

/** What moderators say most; they may write something of their own. */
export const usualReasons = [
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
  { seconds: 3_600, label: "1 h" },
  { seconds: 86_400, label: "24 h" },
  { seconds: 604_800, label: "7 days" },
  { seconds: 1_209_600, label: "14 days" },
];

/** What is chosen before anybody has chosen. */
export const TIME_OUT_PRESET = 300;

/** What a form with a reason is about; the person's name follows. */
export const deedTitles: Record<DeedKind, string> = {
  warn: "Warn",
  time_out: "Time out",
  ban: "Ban",
  hide: "Hide a comment by",
  refuse: "Refuse a comment by",
  clear: "Remove all comments by",
};

export const deedButtons: Record<DeedKind, string> = {
  warn: "Warn",
  time_out: "Time out",
  ban: "Ban",
  hide: "Hide",
  refuse: "Refuse",
  clear: "Remove all",
};

const optional = "Reason, if you like (they are told)";

/** Beside a line of the menu. */
export const reasonLabel = "reason…";

export function withReasonLabel(label: string, key?: string): string {
  return `${label}, with a reason${key === undefined ? "…" : ` (Shift+${key})`}`;
}

export const reasonHints: Record<DeedKind, string> = {
  warn: "What they should mind (they are told)",
  time_out: optional,
  ban: optional,
  hide: optional,
  refuse: optional,
  clear: optional,
};

/** The reasons of comments/spam/verdict.py and of review mode, for moderators. */
const ruleReasons: Record<string, string> = {
  review: "everything waits",
  spam_copies: "many people post this",
  spam_words: "word list",
  spam_patterns: "pattern",
  spam_links: "link",
  spam_model: "looks like spam",
  spam_raid: "raid",
  standing: "newcomer",
};

/** How often a comment was reported, and as what. */
export function reportedSentence(report: {
  reports: number;
  reasons: readonly ReportReason[];
}): string {
  const { reports, reasons } = report;
  const said = reasons.map((reason) => en.report.reasons[reason].toLowerCase()).join(", ");
  return `${formatCount(reports)} ${reports === 1 ? "report" : "reports"}: ${said}`;
}

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
      return s.deeds.withdrew;
    case "report_comment":
      return s.deeds.reported;
    case "dismiss_reports":
      return `Let a comment by ${who} stand`;
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
    case "announce":
      return `Announced “${action.text}”${action.seconds == null ? "" : ` for ${formatWait(action.seconds)}`}`;
    case "end_announcement":
      return "Took the announcement away";
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
  if (modes.review != null)
    said.push(modes.review ? "Everything waits" : "Comments no longer wait");
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

/** The desk's panel of announcements. */
export const announcing = {
  title: "Announcement",
  standing: (by: string) => `Shown to everybody, by ${by}`,
  until: (time: string) => `until ${time}`,
  end: "Take away",
  text: "What everybody should know",
  length: "How long it stays",
  lengths: [
    { seconds: null, label: "Until taken away" },
    { seconds: 60, label: "1 min" },
    { seconds: 300, label: "5 min" },
    { seconds: 900, label: "15 min" },
  ],
  left: (count: number) => `${count} characters left`,
  announce: "Announce",
  replace: "Replace",
} as const;

export const linkModes = {
  allow: "Allowed",
  hold: "Newcomers’ wait",
  listed: "Listed sites only",
  block: "Not by newcomers",
} as const;

/** How one's own action stands. */
export function deedSentence(deed: Deed): string {
  const done = doneSentence(deed.action, deed.about);
  switch (deed.state) {
    case "pending":
    case "done":
    case "undone":
    case "unconfirmed":
      // A name may end in a full stop of its own.
      return s.deeds[deed.state](done).replace("..", ".");
    case "refused":
      return s.deeds.refused(done, refusalSentence(deed.code ?? "internal", 0));
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
  "hold.reopened": "let a comment wait again",
  "reports.dismissed": "let a reported comment stand",
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
  "announcement.made": "announced something",
  "announcement.ended": "took the announcement away",
};

/** What somebody did, after their name. `isAbout`: the name of a person follows. */
export function loggedSentence({ action, by, sanction, modes }: Logged): string {
  if (action === "hold.closed") {
    return by == null ? "Nobody decided in time" : "refused a comment";
  }
  if (action === "user.sanctioned" && sanction !== null) {
    return sanction === "ban" ? "banned" : "timed out";
  }
  if (modes !== null) {
    const changes = changesSentence(modes.before, modes.after);
    return action === "raid.began" ? `began raid mode` : `set: ${changes}`;
  }
  return logged[action] ?? action.replace(/[._]/gu, " ");
}

/** What a change of modes changed. */
function changesSentence(before: Room, after: Room): string {
  if (before.panic !== after.panic) return after.panic ? "Panic switch on" : "Panic switch off";
  const changed = Object.entries(after).filter(
    ([name, value]) => value !== before[name as keyof Room],
  );
  const isRaidOver = before.raid_until > 0 && after.raid_until === 0;
  const raid = isRaidOver ? { raid_seconds: 0 } : {};
  return modesSentence({ ...Object.fromEntries(changed), ...raid, type: "set_modes" });
}
