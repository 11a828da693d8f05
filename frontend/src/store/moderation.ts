import type {
  Acted,
  Comment,
  CommentFlagged,
  CommentReported,
  ReportReason,
  UserSanctioned,
} from "../protocol.gen";

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

export interface ModerationState {
  /** By comment, the latest last. */
  flagged: ReadonlyMap<string, Flagged>;
  /** By comment, the latest last. */
  reported: ReadonlyMap<string, Reported>;
  /** By person. */
  sanctioned: ReadonlyMap<string, Sanctioned>;
  /** What anybody did, the latest last. */
  log: readonly Acted[];
}

const KEPT = 200;

export const emptyModeration: ModerationState = {
  flagged: new Map(),
  reported: new Map(),
  sanctioned: new Map(),
  log: [],
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

export function logAction(state: ModerationState, acted: Acted): ModerationState {
  if (state.log.some(({ id }) => id === acted.id)) return state;
  return { ...state, log: [...state.log, acted].slice(-KEPT) };
}

/** The whole list, as the archive has it. */
export function setSanctions(state: ModerationState, list: readonly Sanctioned[]): ModerationState {
  return { ...state, sanctioned: new Map(list.map((sanction) => [sanction.user, sanction])) };
}

/** What the archive knows of; what the frames have told since is newer, and stays. */
export function addReports(state: ModerationState, list: readonly Reported[]): ModerationState {
  const archived = list.map((entry) => [entry.comment.id, entry] as const);
  return { ...state, reported: new Map([...archived, ...state.reported]) };
}
