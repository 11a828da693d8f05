import type { Comment } from "live-comments-client";
import {
  type CommentsState,
  type Entry,
  type Hold,
  insertAll,
  insertComments,
  liveEntries,
  ROWS_FOLLOWING,
  ROWS_PAUSED,
  trimmed,
} from "./comments";
import { compareIds } from "./ids";

/** Following the newest comment, standing still, and reading elsewhere in the room. */

/** Goes to the newest comment and stays with it. */
export function follow(state: CommentsState): CommentsState {
  if (state.isFollowing) return state;
  const { tail } = state;
  return trimmed({
    ...state,
    ...(tail && { entries: tail, hasOlder: true }),
    tail: null,
    newer: "idle",
    isFollowing: true,
    holds: new Set(),
    isLight: false,
    unseen: 0,
  });
}

/** Somebody reads back: the list stands still until they want the newest again. */
export function pauseFollowing(state: CommentsState): CommentsState {
  if (!state.isFollowing) return state.isLight ? { ...state, isLight: false } : state;
  return { ...state, isFollowing: false, unseen: 0 };
}

/** Keeps the list still while something lasts. */
export function hold(state: CommentsState, why: Hold): CommentsState {
  if (state.holds.has(why)) return state;
  const isLight = state.isFollowing || state.isLight;
  return { ...pauseFollowing(state), holds: new Set(state.holds).add(why), isLight };
}

/** It is over: the list goes on, unless something else keeps it or somebody reads. */
export function release(state: CommentsState, why: Hold): CommentsState {
  if (!state.holds.has(why)) return state;
  const holds = new Set(state.holds);
  holds.delete(why);
  const released = { ...state, holds };
  return holds.size === 0 && state.isLight ? follow(released) : released;
}

/** The reader came to the end: the list goes on from there, once nothing keeps it still any more. */
export function reachEnd(state: CommentsState): CommentsState {
  return state.holds.size === 0 ? follow(state) : { ...state, isLight: true };
}

/** The reader wants to see this one of the rows. */
export function seek(state: CommentsState, id: string): CommentsState {
  return { ...pauseFollowing(state), sought: { id, count: (state.sought?.count ?? 0) + 1 } };
}

/** Puts a page of history above the first row. */
export function insertOlder(
  state: CommentsState,
  comments: readonly Comment[],
  hasOlder: boolean,
): CommentsState {
  const { isFollowing, unseen } = state;
  // Here nothing is missing between the comments and the first row.
  const joining = { ...state, isFollowing: false, hasOlder: false };
  const added = insertComments(joining, comments);
  return { ...added, isFollowing, unseen, older: "idle", hasOlder };
}

/** Puts a page of history below the last row, and joins the newest where it reaches them. */
export function insertNewer(
  state: CommentsState,
  comments: readonly Comment[],
  hasNewer: boolean,
): CommentsState {
  const { tail } = state;
  if (tail === null) return state;
  const read = insertAll({ ...state, tail: null }, comments).entries;
  const first = tail[0];
  const last = read.at(-1);
  const isJoined = !hasNewer || !first || (last && compareIds(last.id, first.id) >= 0);
  const all = isJoined ? [...read, ...after(tail, last)] : read;
  const excess = Math.max(0, all.length - ROWS_PAUSED);
  return {
    ...state,
    entries: all.slice(excess),
    tail: isJoined ? null : tail,
    hasOlder: state.hasOlder || excess > 0,
    newer: "idle",
  };
}

function after(entries: readonly Entry[], last: Entry | undefined): readonly Entry[] {
  return last === undefined ? entries : entries.filter(({ id }) => compareIds(id, last.id) > 0);
}

/** Reads from somewhere else: the page of comments that ends with the one that is looked for. */
export function readElsewhere(
  state: CommentsState,
  comments: readonly Comment[],
  hasOlder: boolean,
): CommentsState {
  const empty = { ...pauseFollowing(state), entries: [], tail: null, hasOlder };
  const read = insertComments(empty, comments);
  const tail = liveEntries(state).slice(-ROWS_FOLLOWING);
  return { ...read, tail, unseen: state.unseen, older: "idle", newer: "idle" };
}
