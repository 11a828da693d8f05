import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as api from "./api";
import type { Boot } from "./boot";
import { fillUp, goTo, readBack, readOn } from "./history";
import { createViewerStore, type ViewerStore } from "./store";
import { insertComments, resetComments } from "./store/comments";
import { comment } from "live-comments-client/testing/messages";

const boot = { slug: "demo" } as Boot;
const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => comment(from + index));

let store: ViewerStore;
let give: (page: Partial<api.HistoryPage>) => void;
let fail: (error: Error) => void;
let asked: { before?: string; after?: string }[];

const ids = () => store.getState().comments.entries.map(({ id }) => Number(id));
const start = (comments: ReturnType<typeof many>) =>
  store.setState((state) => ({ comments: resetComments(state.comments, comments) }));

beforeEach(() => {
  asked = [];
  store = createViewerStore();
  vi.spyOn(api, "fetchHistory").mockImplementation((_, place) => {
    asked.push(place);
    return new Promise((resolve, reject) => {
      give = (page) => resolve({ comments: [], hasOlder: false, hasNewer: false, ...page });
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
    expect(asked).toEqual([{}]);
    expect(store.getState().comments).toMatchObject({ isFollowing: true, hasOlder: false });
  });

  test("is not fetched unasked when there is enough to see", () => {
    start(many(1, 50));
    fillUp(boot, store);
    expect(asked).toEqual([]);
  });

  test("read back pauses the list", () => {
    start(many(1, 300));
    readBack(boot, store);
    expect(store.getState().comments).toMatchObject({ isFollowing: false, older: "loading" });
  });

  test("joins on above the first row, asked for once at a time", async () => {
    start(many(51, 50));
    readBack(boot, store);
    readBack(boot, store);
    expect(asked).toEqual([{ before: "51" }]);
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
    await vi.waitFor(() => expect(asked).toEqual([{}, { before: "9" }]));
  });

  test("that failed can be asked for again", async () => {
    start(many(51, 50));
    readBack(boot, store);
    fail(new Error("503"));
    await vi.waitFor(() => expect(store.getState().comments.older).toBe("failed"));
    readBack(boot, store);
    expect(asked).toHaveLength(2);
  });

  test("is read on below, once at a time, up to the newest", async () => {
    start(many(501, 100));
    const looked = goTo(boot, store, "50");
    expect(asked).toEqual([{ before: "51" }]);
    give({ comments: many(1, 50), hasNewer: true });
    expect(await looked).toBe(true);
    expect(store.getState().comments.isFollowing).toBe(false);
    void readOn(boot, store);
    void readOn(boot, store);
    expect(asked.slice(1)).toEqual([{ after: "50" }]);
    give({ comments: many(51, 460), hasNewer: true });
    await vi.waitFor(() => expect(store.getState().comments.tail).toBeNull());
    expect(ids()).toEqual(many(1, 600).map(({ id }) => Number(id)));
  });

  test("need not be asked for a comment that is here", async () => {
    start(many(1, 50));
    expect(await goTo(boot, store, "7")).toBe(true);
    expect(asked).toEqual([]);
    expect(store.getState().comments.isFollowing).toBe(false);
  });

  test("without the comment that was looked for leaves the reader where they are", async () => {
    start(many(501, 100));
    const looked = goTo(boot, store, "50");
    give({ comments: many(1, 49) });
    expect(store.getState().comments.isFollowing).toBe(false);
    expect(await looked).toBe(false);
    expect(ids().at(0)).toBe(501);
    expect(store.getState().comments.isFollowing).toBe(true);
  });

  test("does not go on while another search is under way", async () => {
    start(many(501, 100));
    const first = goTo(boot, store, "50");
    const failFirst = fail;
    const second = goTo(boot, store, "60");
    failFirst(new Error("503"));
    expect(await first).toBe(false);
    expect(store.getState().comments.isFollowing).toBe(false);
    give({ comments: many(11, 50) });
    expect(await second).toBe(true);
    expect(store.getState().comments.isFollowing).toBe(false);
  });

  test("that cannot be fetched lets the list go on", async () => {
    start(many(501, 100));
    const looked = goTo(boot, store, "50");
    fail(new Error("503"));
    expect(await looked).toBe(false);
    expect(store.getState().comments.isFollowing).toBe(true);
    expect(store.getState().comments.holds.size).toBe(0);
  });
});
