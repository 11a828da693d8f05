// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from "vitest";
import { comment } from "live-comments-client/testing/messages";
import { keepSilenced, silencing } from "./silencing";
import { createViewerStore, type ViewerStore } from "./store";
import { insertComments, isSilenced } from "./store/comments";
import { pauseFollowing } from "./store/reading";

const bo = { id: "8", name: "Bo" };

let store: ViewerStore;

const open = (slug: string) => {
  const other = createViewerStore();
  keepSilenced(other, slug);
  return other;
};
const hears = (other: ViewerStore) => !isSilenced(other.getState().comments, bo.id);

beforeEach(() => {
  window.localStorage.clear();
  store = createViewerStore();
});

describe("silencing", () => {
  test("mutes in one stream, over a reload, until it is taken back", () => {
    silencing("demo", store).mute(bo);
    expect([hears(store), hears(open("demo")), hears(open("other"))]).toEqual([false, false, true]);
    silencing("demo", store).unmute(bo.id);
    expect([hears(store), hears(open("demo"))]).toEqual([true, true]);
  });

  test("blocks in every stream of this device", () => {
    silencing("demo", store).block(bo);
    expect([hears(open("demo")), hears(open("other"))]).toEqual([false, false]);
    silencing("demo", store).unblock(bo.id);
    expect(hears(open("other"))).toBe(true);
  });

  test("reaches the other tabs", () => {
    const other = open("other");
    silencing("demo", store).block(bo);
    window.dispatchEvent(new StorageEvent("storage", { key: "blocked" }));
    expect(hears(other)).toBe(false);
  });

  test("does not call new what the reader is not shown", () => {
    silencing("demo", store).mute(bo);
    const comments = pauseFollowing(store.getState().comments);
    const said = insertComments(comments, [comment(1), comment(2, { user: bo })]);
    expect(said.unseen).toBe(1);
  });

  test.each(["null", "{}", "[1]", '[["8"]]', '[["8", {}]]', "[[8, null]]", "nonsense"])(
    "knows nobody from what is no list of people: %s",
    (stored) => {
      window.localStorage.setItem("blocked", stored);
      expect(open("demo").getState().comments.blocked).toEqual(new Map());
    },
  );
});
