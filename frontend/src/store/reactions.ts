import type { ReactionKind } from "live-comments-client";

/** Floating reactions on the screen at once; more would be a storm nobody can read. */
export const FLOATS_MAX = 50;
/** No float rises for longer (ReactionLayer.module.css); one that is still here was never drawn. */
const FLOAT_LASTS_MS = 4_000;
/** Of one kind in one frame; the counters tell the rest. */
const FLOATS_PER_KIND = 8;

export const REACTION_KINDS: readonly ReactionKind[] = [
  "like",
  "love",
  "haha",
  "wow",
  "sad",
  "angry",
];

export interface Float {
  id: number;
  kind: ReactionKind;
  /** 0 to 1: where it rises, and how it sways. */
  lane: number;
  /** Spread over the half second that the frame stands for. */
  delayMs: number;
  /** Local clock. */
  bornAt: number;
}

export interface ReactionsState {
  totals: Readonly<Record<ReactionKind, number>>;
  /** One's own presses that no frame has counted yet. */
  own: Readonly<Partial<Record<ReactionKind, number>>>;
  floats: readonly Float[];
  nextFloat: number;
}

export const emptyReactions: ReactionsState = {
  totals: { like: 0, love: 0, haha: 0, wow: 0, sad: 0, angry: 0 },
  own: {},
  floats: [],
  nextFloat: 0,
};

/** Evenly scattered without chance, so that a replay draws the same picture. */
function laneOf(id: number): number {
  return (id * 0.618034) % 1;
}

export function addFloats(
  state: ReactionsState,
  kind: ReactionKind,
  count: number,
  spreadMs: number,
  now: number,
): ReactionsState {
  // A page that is hidden, or shows no floats, never says that one has ended.
  const rising = state.floats.filter(({ bornAt }) => now - bornAt < FLOAT_LASTS_MS);
  const room = FLOATS_MAX - rising.length;
  const wanted = Math.min(count, FLOATS_PER_KIND, room);
  if (wanted <= 0) return state;
  const added = Array.from({ length: wanted }, (_, index): Float => {
    const id = state.nextFloat + index;
    return {
      id,
      kind,
      lane: laneOf(id),
      delayMs: Math.round((index / wanted) * spreadMs),
      bornAt: now,
    };
  });
  return {
    ...state,
    floats: [...rising, ...added],
    nextFloat: state.nextFloat + wanted,
  };
}

export function dropFloats(state: ReactionsState, ids: ReadonlySet<number>): ReactionsState {
  return { ...state, floats: state.floats.filter((float) => !ids.has(float.id)) };
}

/** One's own press shows at once; the frame that counts it will not show it again. */
export function pressReaction(
  state: ReactionsState,
  kind: ReactionKind,
  now: number,
): ReactionsState {
  const own = { ...state.own, [kind]: (state.own[kind] ?? 0) + 1 };
  return addFloats({ ...state, own }, kind, 1, 0, now);
}

export function forgetOwnPresses(state: ReactionsState): ReactionsState {
  return { ...state, own: {} };
}

/** Counts a frame's presses: new totals, and floats for those of other people. */
export function countPresses(
  state: ReactionsState,
  presses: Readonly<Record<string, number>>,
  totals: Readonly<Record<string, number>>,
  isShown: boolean,
  now: number,
): ReactionsState {
  let next = { ...state, totals: mergeTotals(state.totals, totals) };
  for (const kind of REACTION_KINDS) {
    const pressed = presses[kind] ?? 0;
    if (pressed === 0) continue;
    const mine = Math.min(pressed, next.own[kind] ?? 0);
    next = { ...next, own: { ...next.own, [kind]: (next.own[kind] ?? 0) - mine } };
    if (isShown) next = addFloats(next, kind, pressed - mine, 450, now);
  }
  return next;
}

/** Totals only grow: an older frame of a resume must not take them back. */
export function mergeTotals(
  totals: ReactionsState["totals"],
  newer: Readonly<Record<string, number>>,
): ReactionsState["totals"] {
  const merged = { ...totals };
  for (const kind of REACTION_KINDS) merged[kind] = Math.max(merged[kind], newer[kind] ?? 0);
  return merged;
}
