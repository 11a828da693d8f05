import { describe, expect, test } from "vitest";
import { comment } from "../testing/messages";
import {
  type CommentsState,
  drawMore,
  drawnEntries,
  emptyComments,
  follow,
  hasUndrawn,
  insertComments,
  insertOlder,
  pauseFollowing,
  ROWS_DRAWN,
  ROWS_FOLLOWING,
  ROWS_PAUSED,
} from "./comments";
import { compareIds } from "./ids";

const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => comment(from + index));

const ids = (state: CommentsState) => state.entries.map(({ id }) => Number(id));

describe("the list", () => {
  test("keeps the newest 500 while it follows", () => {
    const state = insertComments(emptyComments, many(1, 700));
    expect(state.entries).toHaveLength(ROWS_FOLLOWING);
    expect(ids(state).at(0)).toBe(201);
    expect(state.hasOlder).toBe(true);
    expect(state.unseen).toBe(0);
  });

  test("keeps 2,000 while paused, and counts what came below", () => {
    let state = pauseFollowing(insertComments(emptyComments, many(1, 500)));
    state = insertComments(state, many(501, 1_000));
    expect(state.entries).toHaveLength(1_500);
    expect(state.unseen).toBe(1_000);
    state = insertComments(state, many(1_501, 1_000));
    expect(state.entries).toHaveLength(ROWS_PAUSED);
    expect(state.unseen).toBe(2_000);
  });

  test("goes back to 500 when it follows again", () => {
    let state = pauseFollowing(insertComments(emptyComments, many(1, 500)));
    state = follow(insertComments(state, many(501, 300)));
    expect(state.entries).toHaveLength(ROWS_FOLLOWING);
    expect(state.unseen).toBe(0);
    expect(ids(state).at(-1)).toBe(800);
  });

  test("keeps the identity of rows that did not change", () => {
    const before = insertComments(emptyComments, many(1, 3));
    const after = insertComments(before, many(4, 1));
    expect(after.entries[0]).toBe(before.entries[0]);
  });

  test("is the same object when nothing is new", () => {
    const before = insertComments(emptyComments, many(1, 3));
    expect(insertComments(before, many(1, 3))).toBe(before);
  });

  test("takes a page of history above, without calling it new", () => {
    const before = pauseFollowing(insertComments(emptyComments, many(101, 10)));
    const state = insertOlder({ ...before, unseen: 4 }, many(51, 50), true);
    expect(ids(state)).toEqual([...many(51, 60)].map(({ id }) => Number(id)));
    expect(state).toMatchObject({ unseen: 4, hasOlder: true, older: "idle" });
  });

  test("stops asking for history when it is full", () => {
    const before = pauseFollowing(insertComments(emptyComments, many(10_001, 500)));
    expect(insertOlder(before, many(1, 1_600), true)).toMatchObject({ hasOlder: false });
  });
});

describe("what is drawn", () => {
  const drawn = (state: CommentsState) => drawnEntries(state).map(({ id }) => Number(id));

  test("is the end of the list while it follows", () => {
    const state = insertComments(emptyComments, many(1, 400));
    expect(drawn(state)).toEqual(many(281, ROWS_DRAWN).map(({ id }) => Number(id)));
  });

  test("stays while paused, grows below, and above as one reads back", () => {
    let state = pauseFollowing(insertComments(emptyComments, many(1, 400)));
    state = insertComments(state, many(401, 50));
    expect([drawn(state).at(0), drawn(state).at(-1)]).toEqual([281, 450]);
    state = drawMore(state);
    expect(drawn(state).at(0)).toBe(181);
    state = drawMore(drawMore(state));
    expect(drawn(state).at(0)).toBe(1);
    expect(hasUndrawn(state)).toBe(false);
  });

  test("is everything above once history was fetched", () => {
    const state = pauseFollowing(insertComments(emptyComments, many(101, 10)));
    expect(drawn(insertOlder(state, many(51, 50), true)).at(0)).toBe(51);
  });
});

test("ids compare beyond 2^53", () => {
  expect(compareIds("9007199254740993", "9007199254740992")).toBeGreaterThan(0);
  expect(compareIds("99", "100")).toBeLessThan(0);
  expect(compareIds("100", "100")).toBe(0);
});
