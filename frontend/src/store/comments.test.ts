import { describe, expect, test } from "vitest";
import { comment } from "live-comments-client/testing/messages";
import {
  clearUser,
  type CommentsState,
  emptyComments,
  findComment,
  hideComment,
  insertComments,
  restoreComment,
  ROWS_FOLLOWING,
  ROWS_PAUSED,
} from "./comments";
import { compareIds } from "./ids";
import { HIDDEN_REMEMBERED } from "./quotes";
import { follow, pauseFollowing } from "./reading";

const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => comment(from + index));
const ids = (state: CommentsState) => state.entries.map(({ id }) => Number(id));
const tailIds = (state: CommentsState) => state.tail?.map(({ id }) => Number(id));

/** 1 to 500 were here when somebody began to read; 501 to 3,000 came since. */
function long(): CommentsState {
  const read = pauseFollowing(insertComments(emptyComments, many(1, 500)));
  return insertComments(insertComments(read, many(501, 1_600)), many(2_101, 900));
}

describe("the list", () => {
  test("keeps the newest 500 while it follows", () => {
    const state = insertComments(emptyComments, many(1, 700));
    expect(state.entries).toHaveLength(ROWS_FOLLOWING);
    expect(ids(state).at(0)).toBe(201);
    expect(state.hasOlder).toBe(true);
    expect(state.unseen).toBe(0);
  });

  test("keeps the identity of rows that did not change", () => {
    const before = insertComments(emptyComments, many(1, 3));
    const after = insertComments(before, many(4, 1));
    expect(after.entries[0]).toBe(before.entries[0]);
  });

  test("takes nothing in above its first row while history is missing there", () => {
    const state = { ...insertComments(emptyComments, many(50, 3)), hasOlder: true };
    expect(insertComments(state, many(7, 1))).toBe(state);
    expect(ids(insertComments(state, [comment(7), comment(53)]))).toEqual([50, 51, 52, 53]);
    expect(ids(insertComments({ ...state, hasOlder: false }, many(7, 1)))).toEqual([7, 50, 51, 52]);
  });

  test("is the same object when nothing is new", () => {
    const before = insertComments(emptyComments, many(1, 3));
    expect(insertComments(before, many(1, 3))).toBe(before);
  });
});

describe("while paused", () => {
  test("cuts nothing above the reader, and keeps the newest apart when there are too many", () => {
    const state = long();
    expect([ids(state).at(0), ids(state).at(-1)]).toEqual([1, ROWS_PAUSED]);
    expect(tailIds(state)).toEqual(many(2_501, ROWS_FOLLOWING).map(({ id }) => Number(id)));
    expect(state.unseen).toBe(2_500);
  });

  test("goes on with the newest when it follows again", () => {
    const state = follow(long());
    expect([ids(state).at(0), ids(state).at(-1)]).toEqual([2_501, 3_000]);
    expect(state).toMatchObject({ tail: null, unseen: 0, hasOlder: true, isFollowing: true });
  });

  test("leaves to its page of history what belongs between what is read and the newest", () => {
    const state = long();
    expect(insertComments(state, [comment(2_200)])).toBe(state);
  });

  test("hides, clears and restores in both", () => {
    const hidden = hideComment(hideComment(long(), "10"), "2700");
    expect([findComment(hidden, "10"), findComment(hidden, "2700")]).toEqual([null, null]);
    expect([hidden.entries[9]?.kind, hidden.tail?.[199]?.kind]).toEqual(["tombstone", "tombstone"]);
    const back = restoreComment(restoreComment(hidden, comment(10)), comment(2_700));
    expect(findComment(back, "10")?.text).toBe("comment 10");
    expect(findComment(back, "2700")?.text).toBe("comment 2700");
    expect([back.entries.length, back.tail?.length]).toEqual([ROWS_PAUSED, ROWS_FOLLOWING]);
    const cleared = clearUser(long(), "7", "Ana", "3000");
    expect([cleared.entries.length, cleared.tail?.length]).toEqual([1, 1]);
  });

  test("restores nothing into a stretch that it does not hold", () => {
    const state = long();
    expect(restoreComment(state, comment(2_200)).entries).toHaveLength(ROWS_PAUSED);
    expect(tailIds(restoreComment(state, comment(2_200)))?.at(0)).toBe(2_501);
  });
});

test("what was cleared is remembered of the latest people alone", () => {
  let state: CommentsState = emptyComments;
  for (let user = 1; user <= HIDDEN_REMEMBERED + 5; user += 1) {
    state = clearUser(state, String(user), `Person ${user}`, "100");
  }
  state = clearUser(state, "6", "Person 6", "200"); // once more: the latest again
  state = clearUser(state, "0", "Person 0", "200");
  expect([state.clearedThrough.size, state.clearedNames.size]).toEqual([2_000, 2_000]);
  const isKnown = (user: number) =>
    state.clearedThrough.has(String(user)) && state.clearedNames.has(`Person ${user}`);
  expect([0, 5, 6, 7, 8].map(isKnown)).toEqual([true, false, true, false, true]);
});

test("ids compare beyond 2^53", () => {
  expect(compareIds("9007199254740993", "9007199254740992")).toBeGreaterThan(0);
  expect(compareIds("99", "100")).toBeLessThan(0);
  expect(compareIds("100", "100")).toBe(0);
});
