import { describe, expect, test } from "vitest";
import { comment } from "live-comments-client/testing/messages";
import { type CommentsState, emptyComments, insertComments, ROWS_PAUSED } from "./comments";
import {
  follow,
  hold,
  insertNewer,
  insertOlder,
  pauseFollowing,
  reachEnd,
  readElsewhere,
  release,
} from "./reading";

const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => comment(from + index));
const ids = (state: CommentsState) => state.entries.map(({ id }) => Number(id));
const numbers = (from: number, count: number) => many(from, count).map(({ id }) => Number(id));
const live = (from: number, count: number) => insertComments(emptyComments, many(from, count));

describe("standing still", () => {
  test("a pause counts what is new until one follows again", () => {
    const paused = insertComments(pauseFollowing(live(1, 10)), many(11, 3));
    expect(paused).toMatchObject({ isFollowing: false, unseen: 3 });
    expect(follow(paused)).toMatchObject({ isFollowing: true, unseen: 0 });
  });

  test("holds keep it still together, and it goes on by itself after the last", () => {
    let state = hold(hold(live(1, 10), "focus"), "menu");
    state = insertComments(state, many(11, 1));
    state = release(state, "focus");
    expect(state).toMatchObject({ isFollowing: false, unseen: 1 });
    expect(release(state, "menu")).toMatchObject({ isFollowing: true, unseen: 0 });
  });

  test("somebody who reads back meanwhile is left where they are", () => {
    const state = pauseFollowing(hold(live(1, 10), "menu"));
    expect(release(state, "menu").isFollowing).toBe(false);
  });

  test("a hold on a list that is paused changes nothing for its end", () => {
    const state = hold(pauseFollowing(live(1, 10)), "tools");
    expect(release(state, "tools").isFollowing).toBe(false);
  });

  test("at the end the list goes on at once, or after what keeps it still", () => {
    expect(reachEnd(pauseFollowing(live(1, 10))).isFollowing).toBe(true);
    let state = reachEnd(hold(hold(pauseFollowing(live(1, 10)), "focus"), "pointer"));
    state = release(insertComments(state, many(11, 1)), "focus");
    expect(state).toMatchObject({ isFollowing: false, unseen: 1 });
    expect(release(state, "pointer")).toMatchObject({ isFollowing: true, unseen: 0 });
  });

  test("somebody who reads back again from the end is left where they are", () => {
    const state = pauseFollowing(reachEnd(hold(live(1, 10), "focus")));
    expect(release(state, "focus").isFollowing).toBe(false);
  });

  test("the end of a hold that never was is no reason to go on", () => {
    const state = pauseFollowing(live(1, 10));
    expect(release(state, "focus")).toBe(state);
  });
});

describe("history", () => {
  test("above the first row is not new", () => {
    const before = { ...pauseFollowing(live(101, 10)), unseen: 4 };
    const state = insertOlder(before, many(51, 50), true);
    expect(ids(state)).toEqual(numbers(51, 60));
    expect(state).toMatchObject({ unseen: 4, hasOlder: true, older: "idle", tail: null });
  });

  test("goes back to the beginning, letting go of rows below, never of those above", () => {
    let state = pauseFollowing(live(9_501, 500));
    for (let from = 9_401; from >= 1; from -= 100) {
      state = insertOlder(state, many(from, 100), from > 1);
      expect(ids(state).at(0)).toBe(from);
      expect(state.entries.length).toBeLessThanOrEqual(ROWS_PAUSED);
    }
    expect(ids(state)).toEqual(numbers(1, ROWS_PAUSED));
    expect(state.hasOlder).toBe(false);
    expect(ids(follow(state))).toEqual(numbers(9_501, 500));
  });

  test("read on from the beginning joins the newest without a hole", () => {
    let state = pauseFollowing(live(4_501, 500));
    for (let from = 4_401; from >= 1; from -= 100)
      state = insertOlder(state, many(from, 100), true);
    state = insertComments(state, many(5_001, 7));
    while (state.tail !== null) {
      const next = (ids(state).at(-1) ?? 0) + 1;
      state = insertNewer(state, many(next, 100), true);
      expect(ids(state)).toEqual(numbers(ids(state)[0] ?? 0, state.entries.length));
    }
    expect(ids(state).at(-1)).toBe(5_007);
    expect(state.entries).toHaveLength(ROWS_PAUSED);
    expect(state).toMatchObject({ unseen: 7, hasOlder: true });
  });

  test("that ends before the newest, for the archive has no more, joins them all the same", () => {
    let state = pauseFollowing(live(2_501, 500));
    for (let from = 2_401; from >= 1; from -= 100)
      state = insertOlder(state, many(from, 100), true);
    state = insertNewer(state, [], false);
    expect(state.tail).toBeNull();
    expect(ids(state).at(-1)).toBe(3_000);
  });

  test("is read from anywhere, and the newest are not lost", () => {
    const state = readElsewhere(live(9_001, 500), many(101, 100), true);
    expect(ids(state)).toEqual(numbers(101, 100));
    expect(state).toMatchObject({ isFollowing: false, hasOlder: true });
    expect(ids(follow(insertComments(state, many(9_501, 1))))).toEqual(numbers(9_002, 500));
  });
});
