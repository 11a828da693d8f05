import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as api from "./api";
import type { Boot } from "./boot";
import { fillUp, readBack } from "./history";
import { createViewerStore, type ViewerStore } from "./store";
import { insertComments, resetComments } from "./store/comments";
import { comment } from "./testing/messages";

const boot = { slug: "demo" } as Boot;
const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => comment(from + index));

let store: ViewerStore;
let give: (page: api.OlderPage) => void;
let fail: (error: Error) => void;
let asked: (string | undefined)[];

const ids = () => store.getState().comments.entries.map(({ id }) => Number(id));
const start = (comments: ReturnType<typeof many>) =>
  store.setState((state) => ({ comments: resetComments(state.comments, comments) }));

beforeEach(() => {
  asked = [];
  store = createViewerStore();
  vi.spyOn(api, "fetchOlder").mockImplementation((_, beforeId) => {
    asked.push(beforeId);
    return new Promise((resolve, reject) => {
      give = resolve;
      fail = reject;
    });
  });
});

afterEach(() => vi.restoreAllMocks());

describe("history", () => {
  test("fills a panel that would look empty, and the list goes on following", async () => {
    start([]);
    fillUp(boot, store);
    give({ comments: many(1, 3), hasOlder: false });
    await vi.waitFor(() => expect(ids()).toEqual([1, 2, 3]));
    expect(asked).toEqual([undefined]);
    expect(store.getState().comments).toMatchObject({ isFollowing: true, hasOlder: false });
  });

  test("is not fetched unasked when there is enough to see", () => {
    start(many(1, 50));
    fillUp(boot, store);
    expect(asked).toEqual([]);
  });

  test("comes from the page's own memory first", () => {
    start(many(1, 300));
    readBack(boot, store);
    expect(asked).toEqual([]);
    expect(store.getState().comments.isFollowing).toBe(false);
  });

  test("joins on above the first row, asked for once at a time", async () => {
    start(many(51, 50));
    readBack(boot, store);
    readBack(boot, store);
    expect(asked).toEqual(["51"]);
    give({ comments: many(1, 50), hasOlder: false });
    await vi.waitFor(() => expect(ids().at(0)).toBe(1));
  });

  test("that no longer joins on is dropped", async () => {
    start(many(51, 50));
    readBack(boot, store);
    start(many(501, 50));
    give({ comments: many(1, 50), hasOlder: true });
    await vi.waitFor(() => expect(store.getState().comments.older).toBe("idle"));
    expect(ids().at(0)).toBe(501);
  });

  test("of an empty panel is asked for again when a comment came first", async () => {
    start([]);
    fillUp(boot, store);
    store.setState(({ comments }) => ({ comments: insertComments(comments, many(9, 1)) }));
    give({ comments: many(1, 3), hasOlder: false });
    await vi.waitFor(() => expect(asked).toEqual([undefined, "9"]));
  });

  test("that failed can be asked for again", async () => {
    start(many(51, 50));
    readBack(boot, store);
    fail(new Error("503"));
    await vi.waitFor(() => expect(store.getState().comments.older).toBe("failed"));
    readBack(boot, store);
    expect(asked).toHaveLength(2);
  });
});
