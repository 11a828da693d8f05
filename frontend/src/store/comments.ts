import type { Comment, Held, Person, Quote } from "../protocol.gen";
import { excerpt } from "../text";
import { compareIds } from "./ids";

/** Rows kept while the list follows; enough to scroll back a few minutes in a busy room. */
export const ROWS_FOLLOWING = 500;
/** Rows kept while someone reads back; beyond this the oldest go. */
export const ROWS_PAUSED = 2_000;
/** Rows drawn while the list follows: several screens. Nobody sees those above, so they cost nothing. */
export const ROWS_DRAWN = 120;
/** Rows drawn more each time someone reading back comes near the first. */
const ROWS_DRAWN_MORE = 100;
/** Hidden ids remembered, so that a history page fetched before the hide cannot bring one back. */
const HIDDEN_REMEMBERED = 2_000;
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

export interface CommentsState {
  /** In id order, which is the order of the room. */
  entries: readonly Entry[];
  isFollowing: boolean;
  /** The first row that is drawn while paused; null while following. */
  drawnFrom: string | null;
  /** Comments that arrived below since the list was paused. */
  unseen: number;
  /** False once the first comment of all is here. */
  hasOlder: boolean;
  older: "idle" | "loading" | "failed";
  hiddenIds: ReadonlySet<string>;
  /** Whose comments were cleared, by person, and up to which id. */
  clearedThrough: ReadonlyMap<string, string>;
  /** Whom this reader does not want to see here: names by person. */
  muted: ReadonlyMap<string, string>;
  /** Staff only: what waits for a decision. */
  held: readonly Held[];
}

export const emptyComments: CommentsState = {
  entries: [],
  isFollowing: true,
  drawnFrom: null,
  unseen: 0,
  hasOlder: false,
  older: "idle",
  hiddenIds: new Set(),
  clearedThrough: new Map(),
  muted: new Map(),
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

export function hasEntry({ entries }: CommentsState, id: string): boolean {
  return entries[placeOf(entries, id)]?.id === id;
}

export function findComment({ entries }: CommentsState, id: string): Comment | null {
  const entry = entries[placeOf(entries, id)];
  return entry?.id === id && entry.kind === "comment" ? entry.comment : null;
}

function withoutHiddenQuote(comment: Comment, hiddenIds: ReadonlySet<string>): Comment {
  if (!comment.reply?.text || !hiddenIds.has(comment.reply.id)) return comment;
  return { ...comment, reply: { ...comment.reply, text: "" } };
}

type Hidden = Pick<CommentsState, "hiddenIds" | "clearedThrough">;

function isHidden({ hiddenIds, clearedThrough }: Hidden, { id, user }: Comment): boolean {
  const through = clearedThrough.get(user.id);
  return hiddenIds.has(id) || (through !== undefined && compareIds(id, through) <= 0);
}

function entryOf(comment: Comment, key: string, hidden: Hidden): Entry {
  const { id } = comment;
  if (isHidden(hidden, comment)) {
    return { kind: "tombstone", key, id, cause: "moderator", user: comment.user };
  }
  return { kind: "comment", key, id, comment: withoutHiddenQuote(comment, hidden.hiddenIds) };
}

function trimmed(state: CommentsState): CommentsState {
  const excess = state.entries.length - (state.isFollowing ? ROWS_FOLLOWING : ROWS_PAUSED);
  return excess > 0 ? { ...state, entries: state.entries.slice(excess), hasOlder: true } : state;
}

/** Adds comments by id; one that is there already stays as it is. `keys` names own rows. */
export function insertComments(
  state: CommentsState,
  comments: readonly Comment[],
  keys: ReadonlyMap<string, string> = new Map(),
): CommentsState {
  const entries = state.entries.slice();
  let appended = 0;
  let isChanged = false;
  for (const comment of comments) {
    const place = placeOf(entries, comment.id);
    const present = entries[place];
    if (present?.id === comment.id) {
      if (present.kind !== "comment" || present.shownAt === undefined) continue;
      entries[place] = { ...present, shownAt: undefined }; // now viewers see it too
    } else {
      if (place === entries.length && !state.muted.has(comment.user.id)) appended += 1;
      entries.splice(place, 0, entryOf(comment, keys.get(comment.id) ?? comment.id, state));
    }
    isChanged = true;
  }
  if (!isChanged) return state;
  const unseen = state.isFollowing ? 0 : state.unseen + appended;
  return trimmed({ ...state, entries, unseen });
}

/** Marks a comment as one that others are not shown. */
export function markLeftOut(state: CommentsState, id: string): CommentsState {
  const entries = state.entries.map((entry) =>
    entry.kind === "comment" && entry.id === id ? { ...entry, isLeftOut: true } : entry,
  );
  return { ...state, entries };
}

/** Staff only: a comment that viewers are shown a little later. */
export function insertDelayed(
  state: CommentsState,
  comment: Comment,
  shownAt: number,
): CommentsState {
  const inserted = insertComments(state, [comment]);
  const entries = inserted.entries.map((entry) =>
    entry.kind === "comment" && entry.id === comment.id ? { ...entry, shownAt } : entry,
  );
  return { ...inserted, entries };
}

/** Starts again from what the server calls recent. */
export function resetComments(state: CommentsState, recent: readonly Comment[]): CommentsState {
  const kept = new Map(state.entries.map((entry) => [entry.id, entry.key]));
  const cleared = {
    ...state,
    entries: [],
    drawnFrom: state.isFollowing ? null : (recent[0]?.id ?? null),
    unseen: 0,
    hiddenIds: new Set<string>(),
    clearedThrough: new Map<string, string>(),
  };
  return { ...insertComments(cleared, recent, kept), hasOlder: true, older: "idle" };
}

function withQuotes(
  entries: readonly Entry[],
  isMeant: (quote: Quote) => boolean,
  change: (quote: Quote) => Quote,
): readonly Entry[] {
  return entries.map((entry) => {
    if (entry.kind !== "comment" || !entry.comment.reply || !isMeant(entry.comment.reply)) {
      return entry;
    }
    return { ...entry, comment: { ...entry.comment, reply: change(entry.comment.reply) } };
  });
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
  const entries = state.entries.map((entry): Entry => {
    if (entry.id !== id) return entry;
    const user = entry.kind === "comment" ? entry.comment.user : entry.user;
    return { kind: "tombstone", key: entry.key, id, cause, ...(user && { user }) };
  });
  return {
    ...state,
    hiddenIds,
    entries: withQuotes(
      entries,
      (quote) => quote.id === id,
      (quote) => ({ ...quote, text: "" }),
    ),
  };
}

/** Leaves one line for all that a person had said up to an id; quotes of it lose their text. */
export function clearUser(
  state: CommentsState,
  user: string,
  name: string,
  through: string,
): CommentsState {
  const isTheirs = (entry: Entry) =>
    entry.kind === "comment" &&
    entry.comment.user.id === user &&
    compareIds(entry.id, through) <= 0;
  const last = state.entries.findLast(isTheirs);
  const entries = state.entries.flatMap((entry): Entry[] => {
    if (!isTheirs(entry)) return [entry];
    if (entry !== last) return [];
    return [
      {
        kind: "tombstone",
        key: entry.key,
        id: entry.id,
        cause: "cleared",
        user: { id: user, name },
      },
    ];
  });
  return {
    ...state,
    clearedThrough: new Map(state.clearedThrough).set(user, through),
    entries: withQuotes(
      entries,
      (quote) => quote.name === name && compareIds(quote.id, through) <= 0,
      (quote) => ({ ...quote, text: "" }),
    ),
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
  const hidden = { hiddenIds, clearedThrough };
  const text = excerpt(comment.text, QUOTE_GRAPHEMES);
  const entries = withQuotes(
    state.entries,
    (quote) => quote.id === id,
    (quote) => ({ ...quote, text }),
  ).slice();
  const place = placeOf(entries, id);
  const present = entries[place]?.id === id ? entries[place] : null;
  if (present) entries[place] = entryOf(comment, present.key, hidden);
  // Above the first row is history that the page does not hold; it will come with its page.
  else if (place > 0 || !state.hasOlder) entries.splice(place, 0, entryOf(comment, id, hidden));
  return trimmed({ ...state, ...hidden, entries });
}

export function openHold(state: CommentsState, held: Held): CommentsState {
  const others = state.held.filter((other) => other.hold !== held.hold);
  return { ...state, held: [...others, held] };
}

export function closeHold(state: CommentsState, hold: string): CommentsState {
  return { ...state, held: state.held.filter((held) => held.hold !== hold) };
}

export function setMuted(state: CommentsState, muted: ReadonlyMap<string, string>): CommentsState {
  return { ...state, muted };
}

export function follow(state: CommentsState): CommentsState {
  if (state.isFollowing) return state;
  return trimmed({ ...state, isFollowing: true, drawnFrom: null, unseen: 0 });
}

/** Index of the first entry that is drawn. */
function drawnStart({ entries, drawnFrom }: CommentsState): number {
  if (drawnFrom !== null) return placeOf(entries, drawnFrom);
  return Math.max(0, entries.length - ROWS_DRAWN);
}

/** The entries that are drawn: the newest while following, all from where one reads on else. */
export function drawnEntries(state: CommentsState): readonly Entry[] {
  const start = drawnStart(state);
  return start === 0 ? state.entries : state.entries.slice(start);
}

/** True when there are rows above the first drawn that need not be fetched. */
export function hasUndrawn(state: CommentsState): boolean {
  return drawnStart(state) > 0;
}

export function drawMore(state: CommentsState): CommentsState {
  const first = state.entries[Math.max(0, drawnStart(state) - ROWS_DRAWN_MORE)];
  return { ...pauseFollowing(state), drawnFrom: first?.id ?? null };
}

/** What is drawn stays drawn while someone reads, whatever is added below. */
export function pauseFollowing(state: CommentsState): CommentsState {
  if (!state.isFollowing) return state;
  const drawnFrom = state.entries[drawnStart(state)]?.id ?? null;
  return { ...state, isFollowing: false, drawnFrom, unseen: 0 };
}

/** Puts a page of history above the first row. */
export function insertOlder(
  state: CommentsState,
  comments: readonly Comment[],
  hasOlder: boolean,
): CommentsState {
  const added = insertComments({ ...state, isFollowing: false }, comments);
  const isFull = added.entries.length >= ROWS_PAUSED;
  const { isFollowing } = state;
  return {
    ...added,
    isFollowing,
    drawnFrom: isFollowing ? null : (added.entries[0]?.id ?? null),
    older: "idle",
    unseen: state.unseen,
    hasOlder: hasOlder && !isFull,
  };
}
