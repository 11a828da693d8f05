import type { Action, ErrorCode } from "live-comments-client";

/** Whom and what an action is about, as it was when it was taken. */
export interface About {
  name: string | null;
  text: string | null;
}

/**
 * One action of this reader. `unconfirmed` was sent and not answered, or could not be sent: it is
 * repeated by hand: under the same `ref` the server takes it once.
 */
export interface Deed {
  ref: string;
  action: Action;
  about: About;
  at: number;
  state: "pending" | "done" | "undone" | "refused" | "unconfirmed";
  /** What takes it back, once it is done. */
  undo: Action | null;
  /** Why it was refused. */
  code: ErrorCode | null;
  /** The action that this one takes back. */
  undoes: string | null;
  /** Taken back before it was answered: it is undone once it is done. */
  isUnwanted: boolean;
}

export interface DeedsState {
  /** Oldest first. */
  list: readonly Deed[];
}

/** Enough to find what one did in the last minutes. */
const DEEDS_KEPT = 50;

export const emptyDeeds: DeedsState = { list: [] };

export function findDeed({ list }: DeedsState, ref: string): Deed | undefined {
  return list.find((deed) => deed.ref === ref);
}

export function addDeed({ list }: DeedsState, deed: Deed): DeedsState {
  return { list: [...list, deed].slice(-DEEDS_KEPT) };
}

export function changeDeed({ list }: DeedsState, ref: string, changes: Partial<Deed>): DeedsState {
  return { list: list.map((deed) => (deed.ref === ref ? { ...deed, ...changes } : deed)) };
}

export function dropDeed({ list }: DeedsState, ref: string): DeedsState {
  return { list: list.filter((deed) => deed.ref !== ref) };
}

/** The answer came: done, and what it took back is undone. */
export function finishDeed(state: DeedsState, ref: string, undo: Action | null): DeedsState {
  const deed = findDeed(state, ref);
  if (deed === undefined) return state;
  const finished = changeDeed(state, ref, { state: "done", undo, code: null });
  return deed.undoes === null ? finished : changeDeed(finished, deed.undoes, { state: "undone" });
}

/** True for what can be taken back and is not on its way to be. */
export function isUndoable({ list }: DeedsState, { ref, state, undo }: Deed): boolean {
  const isBeingUndone = list.some((other) => other.undoes === ref && other.state === "pending");
  return state === "done" && undo !== null && !isBeingUndone;
}

/** What `undo` means now: the latest action, also one that is still to be answered. */
export function lastUndoable(deeds: DeedsState): Deed | undefined {
  return deeds.list.findLast((deed) => {
    const isWanted = deed.undoes === null && !deed.isUnwanted;
    return isWanted && (deed.state === "pending" || isUndoable(deeds, deed));
  });
}

/** Refusals that say nothing about the action itself: the same may succeed a moment later. */
const PASSING: readonly ErrorCode[] = [
  "busy",
  "unavailable",
  "internal",
  "rate_limited",
  "ticket_expired",
  "ticket_invalid",
  "ticket_revoked",
];

/** True where trying again may help. */
export function mayRetry({ state, code }: Deed): boolean {
  return (
    state === "unconfirmed" || (state === "refused" && code !== null && PASSING.includes(code))
  );
}
