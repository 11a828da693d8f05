// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from "vitest";
import type { Boot } from "./boot";
import { keepDraft } from "./drafts";
import { createViewerStore } from "./store";

const NAME = "draft:demo:7";

/** A page of this person in this stream, as it is after it was opened. */
function open(user: number | null = 7, slug = "demo") {
  const store = createViewerStore();
  keepDraft(store, { slug, user: user === null ? null : { id: user, name: "Ana" } } as Boot);
  const type = (text: string) =>
    store.setState(({ composer }) => ({ composer: { ...composer, text } }));
  const text = () => store.getState().composer.text;
  return { store, type, text };
}

const closeWindow = () => window.sessionStorage.clear();

beforeEach(() => {
  window.localStorage.clear();
  window.sessionStorage.clear();
});

describe("a draft", () => {
  test("comes back with what it answers, and without that comment's text", () => {
    const { store } = open();
    store.setState(({ composer }) => ({
      composer: { ...composer, text: "half a", replyTo: { id: "5", name: "Bo" } },
    }));
    expect(open().store.getState().composer).toMatchObject({
      text: "half a",
      replyTo: { id: "5", name: "Bo" },
    });
    expect(window.localStorage.getItem(NAME)).toBe(
      '{"text":"half a","replyTo":{"id":"5","name":"Bo"}}',
    );
  });

  test("is of one stream and one person", () => {
    open().type("mine");
    closeWindow();
    expect(open(8).text()).toBe("");
    expect(open(7, "other").text()).toBe("");
    expect(open(null).text()).toBe("");
    expect(open().text()).toBe("mine");
  });

  test("is gone once it was sent", () => {
    const { type } = open();
    type("said");
    type("");
    closeWindow();
    expect(open().text()).toBe("");
    expect(window.localStorage.getItem(NAME)).toBeNull();
  });

  test("of another window is left alone", () => {
    const one = open();
    one.type("one");
    const ofOne = window.sessionStorage.getItem(NAME)!;
    closeWindow();
    const other = open();
    other.type("other");
    // The first sends its own and is closed: what the other has begun is still there.
    window.sessionStorage.setItem(NAME, ofOne);
    one.type("");
    expect(open().text()).toBe("");
    closeWindow();
    expect(open().text()).toBe("other");
  });

  test.each(["{", "7", '{"text":5}', '{"text":"x","replyTo":{"id":5}}'])(
    "that cannot be read is none: %s",
    (kept) => {
      window.localStorage.setItem(NAME, kept);
      expect(open().text()).toBe("");
    },
  );
});
