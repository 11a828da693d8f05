import { describe, expect, test } from "vitest";
import { countPaced, emptyPace, PACE_WINDOW_SECONDS, type PaceState, shownOneIn } from "./pace";

const START = 1_800_000_000_000;

/** The state after frames of [milliseconds, shown, left out]. */
const after = (...frames: [number, number, number][]): PaceState =>
  frames.reduce(
    (state, [ms, shown, leftOut]) => countPaced(state, shown, leftOut, START + ms),
    emptyPace,
  );

describe("the share of comments that is shown", () => {
  test("is not spoken of where everything is shown", () => {
    expect(shownOneIn(emptyPace, START)).toBeNull();
    expect(shownOneIn(after([0, 40, 0]), START)).toBeNull();
  });

  test.each([
    [20, 60, 4],
    [20, 20, 2],
    [20, 1, 1],
    [20, 29, 2],
    [20, 31, 3],
    [0, 7, 7],
  ])("%i shown and %i left out is about 1 in %i", (shown, leftOut, oneIn) => {
    expect(shownOneIn(after([0, shown, leftOut]), START)).toBe(oneIn);
  });

  test("is that of the last ten seconds", () => {
    const state = after([0, 10, 90], [4_000, 10, 10], [4_900, 10, 10]);
    expect(shownOneIn(state, START + 4_900)).toBe(5);
    expect(shownOneIn(state, START + PACE_WINDOW_SECONDS * 1_000)).toBe(2);
  });

  test("is forgotten when the room has calmed down", () => {
    const busy = after([0, 10, 90]);
    expect(shownOneIn(busy, START + 9_999)).toBe(10);
    expect(shownOneIn(busy, START + 10_000)).toBeNull();
    const calm = countPaced(busy, 3, 0, START + 10_000);
    expect(shownOneIn(calm, START + 10_000)).toBeNull();
  });

  test("is kept in a few numbers, however many frames there are", () => {
    const frames = Array.from({ length: 1_000 }, (_, n): [number, number, number] => [
      n * 50,
      1,
      3,
    ]);
    const state = after(...frames);
    expect(state.seconds).toHaveLength(PACE_WINDOW_SECONDS);
    expect(shownOneIn(state, START + 49_950)).toBe(4);
  });

  test("is the same state when a frame has no comments", () => {
    const state = after([0, 1, 1]);
    expect(countPaced(state, 0, 0, START + 5_000)).toBe(state);
  });
});
