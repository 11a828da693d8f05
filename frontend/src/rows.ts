import type { Held } from "live-comments-client";
import type { Entry } from "./store/comments";
import type { OutgoingPost } from "./store/outbox";
import { holdKey } from "./store/subjects";

/** Rows of the room's order, comments that wait among them, and one's own posts without an id. */
export type RowSubject =
  | Entry
  | { kind: "post"; key: string; post: OutgoingPost }
  | { kind: "held"; key: string; held: Held };

/** Each comment that waits, before the first that was said after it. */
export function withHeld(entries: readonly Entry[], held: readonly Held[]): RowSubject[] {
  if (held.length === 0) return [...entries];
  const rows: RowSubject[] = [];
  const waiting = [...held].sort((a, b) => a.at - b.at);
  const put = (one: Held) => rows.push({ kind: "held", key: holdKey(one.hold), held: one });
  // What has waited for longer than the list reaches back is found above it.
  const first = entries.find((entry) => entry.kind === "comment");
  let next = first ? waiting.findIndex(({ at }) => at >= first.comment.at) : 0;
  if (next === -1) next = waiting.length;
  for (const entry of entries) {
    for (; entry.kind === "comment" && next < waiting.length; next += 1) {
      const one = waiting[next];
      if (!one || one.at > entry.comment.at) break;
      put(one);
    }
    rows.push(entry);
  }
  waiting.slice(next).forEach(put);
  return rows;
}

interface Reader {
  viewerId: string | null;
  viewerName: string | null;
}

/** What is special about a row for this reader; styles go by it. */
export function markOf(subject: RowSubject, { viewerId, viewerName }: Reader): string {
  if (subject.kind === "tombstone") return "tombstone";
  if (subject.kind === "post") return subject.post.state;
  if (subject.kind === "held") return "held";
  if (subject.shownAt !== undefined) return "delayed";
  const { user, text, reply } = subject.comment;
  if (user.id === viewerId) return "own";
  const isNamed =
    viewerName !== null && text.toLowerCase().includes(`@${viewerName.toLowerCase()}`);
  const isAnswered = viewerName !== null && reply?.name === viewerName;
  return isNamed || isAnswered ? "mention" : user.role === "broadcaster" ? "host" : "plain";
}
