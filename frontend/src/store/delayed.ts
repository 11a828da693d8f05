import type { Comment, CommentDelayed } from "live-comments-client";
import {
  type CommentsState,
  findEntry,
  insertComments,
  liveEntries,
  resetComments,
  withComment,
} from "./comments";

/** Staff only: what viewers are shown a little later. */

/** The comment with the moment when viewers are shown it, unless they have seen it by now. */
export function insertDelayed(
  state: CommentsState,
  { comment, until }: CommentDelayed,
  serverNow: number,
  keys?: ReadonlyMap<string, string>,
): CommentsState {
  const { id } = comment;
  const present = findEntry(state, id);
  // One's own has the key of its post: the answer brings it before its time.
  const isAnswered = present !== undefined && present.key !== id;
  const isPosted = present?.kind === "comment" && present.shownAt === undefined && !isAnswered;
  if (isPosted) return state;
  const inserted = insertComments(state, [comment], keys);
  return until <= serverNow ? inserted : withComment(inserted, id, { shownAt: until });
}

/** Starts again from what the server calls recent, and what waits. `keys` name own rows. */
export function resetWithDelayed(
  state: CommentsState,
  recent: readonly Comment[],
  delayed: readonly CommentDelayed[],
  serverNow: number,
  keys: ReadonlyMap<string, string>,
): CommentsState {
  const kept = new Map(liveEntries(state).map((entry) => [entry.id, entry.key]));
  const insert = (next: CommentsState, item: CommentDelayed) =>
    insertDelayed(next, item, serverNow, kept);
  return delayed.reduce(insert, resetComments(state, recent, keys));
}
