import type {
  Acted,
  Comment,
  CommentFlagged,
  CommentReported,
  ReportReason,
  Room,
  UserSanctioned,
} from "live-comments-client";
import { compareIds } from "./ids";

/** What only staff are told about a room, beside what waits for a decision. */

export interface Flagged {
  id: string;
  reason: string;
  detail: string;
  /** Null until the comment itself has come, over the other audience's frames. */
  comment: Comment | null;
}

export interface Reported {
  comment: Comment;
  /** Each reason once, the latest last. */
  reasons: readonly ReportReason[];
  reports: number;
}

export interface Sanctioned {
  user: string;
  name: string | null;
  kind: UserSanctioned["kind"];
  /** Server time; null for a ban. */
  until: number | null;
  reason: string;
}

/** What anybody did, with what this page knew about it then. */
export interface Logged extends Acted {
  /** Whom it was about. */
  name: string | null;
  byName: string | null;
  /** Of a sanction: which. */
  sanction: UserSanctioned["kind"] | null;
  /** Of a change of modes: the room before and after it, once both are known. */
  modes: { before: Room; after: Room } | null;
}

export interface ModerationState {
  /** By comment, the latest last. */
  flagged: ReadonlyMap<string, Flagged>;
  /** By comment, the latest last. */
  reported: ReadonlyMap<string, Reported>;
  /** By person. */
  sanctioned: ReadonlyMap<string, Sanctioned>;
  /** What anybody did, the latest last. */
  log: readonly Logged[];
  /** The room as of the last entry of the log that is about it; null until the welcome. */
  roomThen: Room | null;
  /** How often the room began afresh here: the archive alone tells what was decided in between. */
  freshStarts: number;
}

const KEPT = 200;

export const emptyModeration: ModerationState = {
  flagged: new Map(),
  reported: new Map(),
  sanctioned: new Map(),
  log: [],
  roomThen: null,
  freshStarts: 0,
};

/** The map with an entry at its end; the oldest goes when there are too many. */
function withLatest<V>(map: ReadonlyMap<string, V>, key: string, value: V): Map<string, V> {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  const [oldest] = next.keys();
  if (next.size > KEPT && oldest !== undefined) next.delete(oldest);
  return next;
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}

/**
 * The room begins afresh with these comments, the oldest first. A flag of one that should be among
 * them and is not was decided meanwhile; of older ones nothing is known, and they wait on.
 */
export function beginAfresh(
  state: ModerationState,
  shown: readonly { id: string }[],
): ModerationState {
  const ids = new Set(shown.map(({ id }) => id));
  const [first] = shown;
  const isOpen = (id: string) => !first || ids.has(id) || compareIds(id, first.id) < 0;
  const flagged = new Map([...state.flagged].filter(([id]) => isOpen(id)));
  return { ...state, flagged, freshStarts: state.freshStarts + 1 };
}

export function flagComment(
  state: ModerationState,
  { id, reason, detail = "" }: CommentFlagged,
  comment: Comment | null,
): ModerationState {
  return { ...state, flagged: withLatest(state.flagged, id, { id, reason, detail, comment }) };
}

/** Gives flags that came before their comments what they are about. */
export function nameFlagged(state: ModerationState, comments: readonly Comment[]): ModerationState {
  const flagged = new Map(state.flagged);
  for (const comment of comments) {
    const flag = flagged.get(comment.id);
    if (flag?.comment === null) flagged.set(comment.id, { ...flag, comment });
  }
  return { ...state, flagged };
}

export function reportComment(
  state: ModerationState,
  { comment, reason, reports }: CommentReported,
): ModerationState {
  const before = state.reported.get(comment.id)?.reasons ?? [];
  const reasons = [...before.filter((other) => other !== reason), reason];
  const entry = { comment, reasons, reports };
  return { ...state, reported: withLatest(state.reported, comment.id, entry) };
}

/** It is hidden, or somebody has looked at it: nothing is left to decide. */
export function settleComment(state: ModerationState, id: string): ModerationState {
  const flagged = without(state.flagged, id);
  const reported = without(state.reported, id);
  const isSame = flagged === state.flagged && reported === state.reported;
  return isSame ? state : { ...state, flagged, reported };
}

/** All that a person said is hidden. */
export function settleUser(state: ModerationState, user: string): ModerationState {
  const theirs = [
    ...[...state.flagged.values()].filter(({ comment }) => comment?.user.id === user),
    ...[...state.reported.values()].filter(({ comment }) => comment.user.id === user),
  ];
  return theirs.reduce((next, entry) => settleComment(next, entry.comment?.id ?? ""), state);
}

export function sanctionUser(state: ModerationState, sanction: Sanctioned): ModerationState {
  return { ...state, sanctioned: withLatest(state.sanctioned, sanction.user, sanction) };
}

export function liftSanction(state: ModerationState, user: string): ModerationState {
  return { ...state, sanctioned: without(state.sanctioned, user) };
}

const MODES_CHANGED: readonly string[] = ["modes.changed", "raid.began"];

export function logAction(
  state: ModerationState,
  acted: Acted,
  known: Pick<Logged, "name" | "byName">,
  room: Room,
): ModerationState {
  if (state.log.some(({ id }) => id === acted.id)) return state;
  const { user } = acted;
  const isSanction = acted.action === "user.sanctioned" && user != null;
  const sanction = isSanction ? (state.sanctioned.get(user)?.kind ?? null) : null;
  const logged = { ...acted, ...known, sanction, modes: null };
  return explainModes({ ...state, log: [...state.log, logged].slice(-KEPT) }, room);
}

/**
 * Says of the latest change of modes what it changed. The action and the room as it is now come
 * over two audiences, in either order: whichever is the second completes the line.
 */
export function explainModes(state: ModerationState, after: Room): ModerationState {
  const { log, roomThen: before } = state;
  const at = log.findLastIndex(({ action, modes }) => {
    return MODES_CHANGED.includes(action) && modes === null;
  });
  const logged = log[at];
  if (before === null || logged === undefined || isSameRoom(before, after)) return state;
  return { ...state, log: log.with(at, { ...logged, modes: { before, after } }), roomThen: after };
}

/** What of a room is no mode. */
const NO_MODES: readonly (keyof Room)[] = ["pinned", "announcement", "started_at", "ended_at"];

/** True where the two have the same modes. */
function isSameRoom(one: Room, other: Room): boolean {
  return (Object.keys(one) as (keyof Room)[]).every(
    (name) => NO_MODES.includes(name) || one[name] === other[name],
  );
}

/** The whole list, as the archive has it. */
export function setSanctions(state: ModerationState, list: readonly Sanctioned[]): ModerationState {
  return { ...state, sanctioned: new Map(list.map((sanction) => [sanction.user, sanction])) };
}

/**
 * What the archive knows of. `known` is what stood here when it was the archive's turn to tell: of
 * that, what it does not list is decided; what has gone since was decided a moment ago, and what the
 * frames have told since is newer, and stays. A list that is not whole says nothing of the rest.
 */
export function renewReports(
  state: ModerationState,
  list: readonly Reported[],
  known: ReadonlyMap<string, Reported>,
  isWhole: boolean,
): ModerationState {
  const { reported } = state;
  const open = list.filter(({ comment: { id } }) => reported.has(id) || !known.has(id));
  const archived = new Map(open.map((entry) => [entry.comment.id, entry]));
  const kept = [...reported].filter(
    ([id, entry]) => known.get(id) !== entry || (!isWhole && !archived.has(id)),
  );
  return { ...state, reported: new Map([...archived, ...kept]) };
}
