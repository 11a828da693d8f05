import type { Comment, Held, Person, Quote } from "live-comments-client";
import { excerpt } from "../text";
import { compareIds } from "./ids";
import {
  type ClearedNames,
  forgetNames,
  HIDDEN_REMEMBERED,
  remember,
  rememberNames,
  withoutHiddenQuote,
  withQuotes,
} from "./quotes";

/** Rows kept while the list follows; enough to scroll back a few minutes in a busy room. */
export const ROWS_FOLLOWING = 500;
/** Rows kept while someone reads back: a stretch of the room, wherever in it they are. */
export const ROWS_PAUSED = 2_000;
/** Quotes are one line; a restored one is cut like the server's. */
const QUOTE_GRAPHEMES = 80;

export interface CommentEntry {
  kind: "comment";
  /** Never changes, so that a row is never mounted twice: the nonce of one's own, else the id. */
  key: string;
  id: string;
  comment: Comment;
  /** One's own that others are not shown: the room was too busy. */
  isLeftOut?: boolean;
  /** Staff only: viewers are shown it at this moment of the server's clock, unless hidden before. */
  shownAt?: number | undefined;
}

/** What is left of a hidden comment: its place. */
export interface TombstoneEntry {
  kind: "tombstone";
  key: string;
  id: string;
  cause: "moderator" | "author" | "cleared";
  /** Whose it was; of what was cleared, one line stands for all of them. */
  user?: Pick<Person, "id" | "name">;
}

export type Entry = CommentEntry | TombstoneEntry;

type Loading = "idle" | "loading" | "failed";

/** What keeps the list still only for as long as it lasts. */
export type Hold = "focus" | "pointer" | "tools" | "menu" | "search";

export interface CommentsState {
  /**
   * What is here to be read, in id order, which is the order of the room, without a hole. It ends
   * with the newest comment unless there is a tail.
   */
  entries: readonly Entry[];
  /** The newest comments, while what is read has grown too long to reach them; null else. The two
   *  may overlap. */
  tail: readonly Entry[] | null;
  isFollowing: boolean;
  holds: ReadonlySet<Hold>;
  /** Paused by holds alone: it goes on when the last of them ends. */
  isLight: boolean;
  /** Comments that arrived below since the list was paused. */
  unseen: number;
  /** False once the first comment of all is here. */
  hasOlder: boolean;
  older: Loading;
  /** The same for what comes between the entries and the tail. */
  newer: Loading;
  hiddenIds: ReadonlySet<string>;
  /** Whose comments were cleared, by person, and up to which id. */
  clearedThrough: ReadonlyMap<string, string>;
  clearedNames: ClearedNames;
  /** Whom this reader does not want to see here, or in any room: names by person. */
  muted: ReadonlyMap<string, string>;
  blocked: ReadonlyMap<string, string>;
  /** The comment that the reader asked to be shown, and how often they asked. */
  sought: { id: string; count: number } | null;
  /** Staff only: what waits for a decision. */
  held: readonly Held[];
}

export const emptyComments: CommentsState = {
  entries: [],
  tail: null,
  isFollowing: true,
  holds: new Set(),
  isLight: false,
  unseen: 0,
  hasOlder: false,
  older: "idle",
  newer: "idle",
  hiddenIds: new Set(),
  clearedThrough: new Map(),
  clearedNames: new Map(),
  muted: new Map(),
  blocked: new Map(),
  sought: null,
  held: [],
};

/** Index of the first entry whose id is not below `id`. */
function placeOf(entries: readonly Entry[], id: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry && compareIds(entry.id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The comments up to the newest: what a reader who follows would see. */
export function liveEntries({ entries, tail }: CommentsState): readonly Entry[] {
  return tail ?? entries;
}

export function findEntry({ entries, tail }: CommentsState, id: string): Entry | undefined {
  const found = entries[placeOf(entries, id)];
  if (found?.id === id || tail === null) return found?.id === id ? found : undefined;
  const later = tail[placeOf(tail, id)];
  return later?.id === id ? later : undefined;
}

export function hasEntry(state: CommentsState, id: string): boolean {
  return findEntry(state, id) !== undefined;
}

export function findComment(state: CommentsState, id: string): Comment | null {
  const entry = findEntry(state, id);
  return entry?.kind === "comment" ? entry.comment : null;
}

/** True where this reader does not want to see what a person says. */
export function isSilenced({ muted, blocked }: CommentsState, userId: string): boolean {
  return muted.has(userId) || blocked.has(userId);
}

type Hidden = Pick<CommentsState, "hiddenIds" | "clearedThrough" | "clearedNames">;

export function isHidden({ hiddenIds, clearedThrough }: Hidden, { id, user }: Comment): boolean {
  const through = clearedThrough.get(user.id);
  return hiddenIds.has(id) || (through !== undefined && compareIds(id, through) <= 0);
}

function entryOf(comment: Comment, key: string, hidden: Hidden): Entry {
  const { id } = comment;
  if (isHidden(hidden, comment)) {
    return { kind: "tombstone", key, id, cause: "moderator", user: comment.user };
  }
  return { kind: "comment", key, id, comment: withoutHiddenQuote(comment, hidden) };
}

/** As many rows as may be kept: those above go while it follows, those below while one reads. */
export function trimmed(state: CommentsState): CommentsState {
  const { entries, tail, isFollowing } = state;
  const newest = tail && tail.length > ROWS_FOLLOWING ? tail.slice(-ROWS_FOLLOWING) : tail;
  const excess = entries.length - (isFollowing ? ROWS_FOLLOWING : ROWS_PAUSED);
  if (excess <= 0) return newest === tail ? state : { ...state, tail: newest };
  if (isFollowing) return { ...state, entries: entries.slice(excess), hasOlder: true };
  return {
    ...state,
    entries: entries.slice(0, ROWS_PAUSED),
    tail: newest ?? entries.slice(-ROWS_FOLLOWING),
  };
}

interface Insertion {
  into: Entry[];
  appended: number;
  isChanged: boolean;
}

/** Puts a comment in its place; one that is there already stays as it is. */
function insertOne(
  state: CommentsState,
  insertion: Insertion,
  comment: Comment,
  key: string,
): void {
  const { into } = insertion;
  const place = placeOf(into, comment.id);
  const present = into[place];
  if (present?.id === comment.id) {
    if (present.kind !== "comment" || present.shownAt === undefined) return;
    into[place] = { ...present, shownAt: undefined }; // now viewers see it too
  } else {
    if (place === into.length && !isSilenced(state, comment.user.id)) insertion.appended += 1;
    into.splice(place, 0, entryOf(comment, key, state));
  }
  insertion.isChanged = true;
}

/** Adds comments by id. `keys` names own rows. */
export function insertComments(
  state: CommentsState,
  comments: readonly Comment[],
  keys: ReadonlyMap<string, string> = new Map(),
): CommentsState {
  const inserted = insertAll(state, comments, keys);
  return inserted === state ? state : trimmed(inserted);
}

/** The same, however many rows there are then. */
export function insertAll(
  state: CommentsState,
  comments: readonly Comment[],
  keys: ReadonlyMap<string, string> = new Map(),
): CommentsState {
  const { tail } = state;
  const firstId = state.entries[0]?.id;
  const lastId = state.entries.at(-1)?.id;
  const read: Insertion = { into: state.entries.slice(), appended: 0, isChanged: false };
  const live: Insertion = { into: tail?.slice() ?? [], appended: 0, isChanged: false };
  for (const comment of comments) {
    const { id } = comment;
    const key = keys.get(id) ?? id;
    // Above the first row it would hide that others are missing in between; it comes with its page.
    if (state.hasOlder && firstId !== undefined && compareIds(id, firstId) < 0) continue;
    if (tail === null || lastId === undefined || compareIds(id, lastId) <= 0) {
      insertOne(state, read, comment, key);
    } else if (tail[0] === undefined || compareIds(id, tail[0].id) >= 0) {
      insertOne(state, live, comment, key);
    }
    // What lies between the two comes with its page of history.
  }
  if (!read.isChanged && !live.isChanged) return state;
  const appended = tail === null ? read.appended : live.appended;
  return {
    ...state,
    entries: read.isChanged ? read.into : state.entries,
    tail: live.isChanged ? live.into : tail,
    unseen: state.isFollowing ? 0 : state.unseen + appended,
  };
}

/** The state with each entry as it is after a change. */
function withEntries(
  state: CommentsState,
  change: (entries: readonly Entry[]) => readonly Entry[],
): CommentsState {
  return { ...state, entries: change(state.entries), tail: state.tail && change(state.tail) };
}

export function withComment(
  state: CommentsState,
  id: string,
  changes: Partial<CommentEntry>,
): CommentsState {
  return withEntries(state, (entries) =>
    entries.map((entry) =>
      entry.kind === "comment" && entry.id === id ? { ...entry, ...changes } : entry,
    ),
  );
}

/** Marks a comment as one that others are not shown. */
export function markLeftOut(state: CommentsState, id: string): CommentsState {
  return withComment(state, id, { isLeftOut: true });
}

/** Starts again from what the server calls recent. `keys` name own rows. */
export function resetComments(
  state: CommentsState,
  recent: readonly Comment[],
  keys: ReadonlyMap<string, string> = new Map(),
): CommentsState {
  const kept = new Map([...liveEntries(state).map(({ id, key }) => [id, key] as const), ...keys]);
  const cleared = {
    ...state,
    entries: [],
    tail: null,
    unseen: 0,
    hiddenIds: new Set<string>(),
    clearedThrough: new Map<string, string>(),
    clearedNames: new Map() as ClearedNames,
  };
  return { ...insertComments(cleared, recent, kept), hasOlder: true, older: "idle", newer: "idle" };
}

/** Leaves a tombstone; the text is gone from the row and from every reply that quoted it. */
export function hideComment(
  state: CommentsState,
  id: string,
  cause: "moderator" | "author" = "moderator",
): CommentsState {
  const hiddenIds = new Set(state.hiddenIds).add(id);
  if (hiddenIds.size > HIDDEN_REMEMBERED) {
    const [oldest] = hiddenIds;
    if (oldest !== undefined) hiddenIds.delete(oldest);
  }
  const hide = (entry: Entry): Entry => {
    if (entry.id !== id) return entry;
    const user = entry.kind === "comment" ? entry.comment.user : entry.user;
    return { kind: "tombstone", key: entry.key, id, cause, ...(user && { user }) };
  };
  const unquoted = (quote: Quote) => ({ ...quote, text: "" });
  return {
    ...withEntries(state, (entries) =>
      withQuotes(entries.map(hide), (quote) => quote.id === id, unquoted),
    ),
    hiddenIds,
  };
}

/**
 * Tells the quotes of what a person said up to an id. A quote knows a name alone, and they may have
 * had another then: what is here is told by who said it.
 */
export function quotesOf(
  state: CommentsState,
  user: string,
  name: string,
  through: string,
): (quote: Quote) => boolean {
  return ({ id, name: quoted }) =>
    compareIds(id, through) <= 0 && (quoted === name || findComment(state, id)?.user.id === user);
}

/** Leaves one line for all that a person had said up to an id; quotes of it lose their text. */
export function clearUser(
  state: CommentsState,
  user: string,
  name: string,
  through: string,
): CommentsState {
  const isTheirs = (entry: Entry): entry is CommentEntry =>
    entry.kind === "comment" &&
    entry.comment.user.id === user &&
    compareIds(entry.id, through) <= 0;
  const cleared = (entries: readonly Entry[]) => {
    const last = entries.findLast(isTheirs);
    return entries.flatMap((entry): Entry[] => {
      if (!isTheirs(entry)) return [entry];
      if (entry !== last) return [];
      const { key, id } = entry;
      return [{ kind: "tombstone", key, id, cause: "cleared", user: { id: user, name } }];
    });
  };
  const isQuoted = quotesOf(state, user, name, through);
  const theirs = [...state.entries, ...(state.tail ?? [])].filter(isTheirs);
  const names = [...theirs.map(({ comment }) => comment.user.name), name];
  const unquoted = (quote: Quote) => ({ ...quote, text: "" });
  return {
    ...withEntries(state, (entries) => withQuotes(cleared(entries), isQuoted, unquoted)),
    clearedThrough: remember(state.clearedThrough, user, through),
    clearedNames: rememberNames(state.clearedNames, names, { user, through }),
  };
}

/** Puts a hidden comment back in its place, if that place is still on the page. */
export function restoreComment(state: CommentsState, comment: Comment): CommentsState {
  const { id } = comment;
  const hiddenIds = new Set(state.hiddenIds);
  hiddenIds.delete(id);
  // Once one of them is back, what was cleared is told apart by the server alone.
  const clearedThrough = new Map(state.clearedThrough);
  clearedThrough.delete(comment.user.id);
  const clearedNames = forgetNames(state.clearedNames, comment.user.id);
  const hidden = { hiddenIds, clearedThrough, clearedNames };
  const text = excerpt(comment.text, QUOTE_GRAPHEMES);
  const isQuoted = (quote: Quote) => quote.id === id;
  const requoted = (quote: Quote) => ({ ...quote, text });
  const lastId = state.entries.at(-1)?.id ?? "";
  const back = withEntries(state, (before) => {
    const entries = withQuotes(before, isQuoted, requoted).slice();
    const place = placeOf(entries, id);
    const present = entries[place]?.id === id ? entries[place] : null;
    if (present) entries[place] = entryOf(comment, present.key, hidden);
    else if (isItsStretch(before)) entries.splice(place, 0, entryOf(comment, id, hidden));
    return entries;
  });
  // What lies outside of a stretch is history that the page does not hold; it comes with its page.
  function isItsStretch(stretch: readonly Entry[]): boolean {
    const isAfterFirst = placeOf(stretch, id) > 0;
    if (stretch === state.tail) return isAfterFirst;
    if (state.tail !== null && compareIds(id, lastId) > 0) return false;
    return isAfterFirst || !state.hasOlder;
  }
  return trimmed({ ...back, ...hidden });
}

export function openHold(state: CommentsState, held: Held): CommentsState {
  const others = state.held.filter((other) => other.hold !== held.hold);
  return { ...state, held: [...others, held] };
}

export function closeHold(state: CommentsState, hold: string): CommentsState {
  return { ...state, held: state.held.filter((held) => held.hold !== hold) };
}

export function setSilenced(
  state: CommentsState,
  people: Partial<Pick<CommentsState, "muted" | "blocked">>,
): CommentsState {
  return { ...state, ...people };
}
