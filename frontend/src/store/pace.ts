/** How much of a busy room was shown lately: what the frames had, and what they left out. */
export interface PaceState {
  /** Seconds of the local clock in which there was something, oldest first. */
  seconds: readonly PacedSecond[];
}

interface PacedSecond {
  second: number;
  shown: number;
  leftOut: number;
}

/** Long enough that the share does not flicker, short enough that it is about now. */
export const PACE_WINDOW_SECONDS = 10;

export const emptyPace: PaceState = { seconds: [] };

const isRecent = (second: number, now: number) =>
  second > Math.floor(now / 1_000) - PACE_WINDOW_SECONDS;

/** Counts what a frame had. */
export function countPaced(
  state: PaceState,
  shown: number,
  leftOut: number,
  now: number,
): PaceState {
  if (shown === 0 && leftOut === 0) return state;
  const second = Math.floor(now / 1_000);
  const seconds = state.seconds.filter((other) => isRecent(other.second, now));
  const last = seconds.at(-1);
  if (last?.second === second) {
    seconds[seconds.length - 1] = {
      second,
      shown: last.shown + shown,
      leftOut: last.leftOut + leftOut,
    };
  } else {
    seconds.push({ second, shown, leftOut });
  }
  return { seconds };
}

/** N, where about one comment in N was shown lately; null where all of them were. */
export function shownOneIn(state: PaceState, now: number): number | null {
  let shown = 0;
  let leftOut = 0;
  for (const part of state.seconds) {
    if (!isRecent(part.second, now)) continue;
    shown += part.shown;
    leftOut += part.leftOut;
  }
  return leftOut === 0 ? null : Math.round((shown + leftOut) / Math.max(1, shown));
}
