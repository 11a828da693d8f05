import { beforeEach, describe, expect, test } from "vitest";
import type { Action } from "live-comments-client";
import type { Boot } from "./boot";
import { createModerating, NOBODY } from "./moderating";
import { createViewerStore, type ViewerStore } from "./store";
import { finishDeed } from "./store/deeds";

const hide = (id: string): Action => ({ type: "hide_comment", id });
const restore = (id: string): Action => ({ type: "restore_comment", id, hidden_by: `by-${id}` });

let store: ViewerStore;
let sent: { ref: string; action: Action }[];
let isOpen: boolean;
let moderating: ReturnType<typeof createModerating>;

const answer = (index: number, undo: Action | null) => {
  const { ref } = sent[index] ?? { ref: "" };
  store.setState(({ deeds }) => ({ deeds: finishDeed(deeds, ref, undo) }));
};
const actions = () => sent.map(({ action }) => action);

beforeEach(() => {
  store = createViewerStore();
  sent = [];
  isOpen = true;
  const act = (ref: string, action: Action) => {
    if (isOpen) sent.push({ ref, action });
    return isOpen;
  };
  moderating = createModerating({ slug: "demo" } as Boot, store, { act });
});

describe("undo", () => {
  test("means the latest action, though it is still to be answered", () => {
    moderating.act(hide("1"), NOBODY);
    answer(0, restore("1"));
    moderating.act(hide("2"), NOBODY);
    moderating.undo();
    expect(actions()).toEqual([hide("1"), hide("2")]);
    answer(1, restore("2"));
    expect(actions()).toEqual([hide("1"), hide("2"), restore("2")]);
    answer(2, null);
    expect(store.getState().deeds.list.map(({ state }) => state)).toEqual([
      "done",
      "undone",
      "done",
    ]);
  });

  test("struck again means the one before, and each is taken back once", () => {
    moderating.act(hide("1"), NOBODY);
    answer(0, restore("1"));
    moderating.act(hide("2"), NOBODY);
    moderating.undo();
    moderating.undo();
    moderating.undo();
    expect(actions()).toEqual([hide("1"), hide("2"), restore("1")]);
    answer(1, restore("2"));
    answer(2, null);
    expect(actions()).toEqual([hide("1"), hide("2"), restore("1"), restore("2")]);
  });

  test("leaves alone what was refused, or cannot be taken back after all", () => {
    moderating.act({ type: "clear_user", user: "8" }, NOBODY);
    moderating.undo();
    answer(0, null);
    expect(actions()).toHaveLength(1);
  });

  test("is forgotten when the action is tried again by hand", () => {
    isOpen = false;
    moderating.act(hide("1"), NOBODY);
    const { ref } = store.getState().deeds.list[0] ?? { ref: "" };
    isOpen = true;
    moderating.retryDeed(ref);
    moderating.undo();
    moderating.retryDeed(ref);
    answer(0, restore("1"));
    expect(actions()).toEqual([hide("1"), hide("1")]);
  });
});
