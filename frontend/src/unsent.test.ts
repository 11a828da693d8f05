// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomSocket } from "live-comments-client";
import type { Boot } from "./boot";
import { createViewerStore } from "./store";
import { dropPost, type OutgoingPost, putPost } from "./store/outbox";
import { keepUnsent } from "./unsent";

const boot = { slug: "demo", user: { id: 7, name: "Ana" } } as unknown as Boot;
const SKEW_MS = 3_600_000;

function open(user = boot.user) {
  const store = createViewerStore();
  const post = vi.fn();
  store.setState(({ connection }) => ({ connection: { ...connection, skewMs: SKEW_MS } }));
  keepUnsent(store, { post } as unknown as RoomSocket, { ...boot, user });
  const put = (one: OutgoingPost) =>
    store.setState(({ outbox }) => ({ outbox: putPost(outbox, one) }));
  return { store, post, put };
}

function sending(nonce: string): OutgoingPost {
  return {
    state: "sending",
    nonce,
    text: `text of ${nonce}`,
    reply: { id: "5", name: "Bo", text: "why" },
    user: { id: "7", name: "Ana" },
    at: Date.now() + SKEW_MS,
    writtenAt: Date.now(),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  window.sessionStorage.clear();
});
afterEach(() => vi.useRealTimers());

describe("a comment without an answer", () => {
  test("goes out again after a reload, under its nonce and in its order", () => {
    const { put } = open();
    put(sending("a"));
    put(sending("b"));
    const writtenAt = Date.now();
    vi.advanceTimersByTime(299_000);
    const { store, post } = open();
    expect(post.mock.calls).toEqual([
      [{ nonce: "a", text: "text of a", replyTo: "5", writtenAt }],
      [{ nonce: "b", text: "text of b", replyTo: "5", writtenAt }],
    ]);
    expect(store.getState().outbox.posts).toMatchObject([
      { nonce: "a", state: "sending" },
      { nonce: "b", state: "sending" },
    ]);
  });

  test("waits for its author when it is older than five minutes, and is forgotten after ten", () => {
    open().put(sending("a"));
    vi.advanceTimersByTime(301_000);
    const later = open();
    expect(later.post).not.toHaveBeenCalled();
    expect(later.store.getState().outbox.posts).toMatchObject([{ state: "unconfirmed" }]);
    vi.advanceTimersByTime(300_000);
    expect(open().store.getState().outbox.posts).toEqual([]);
  });

  test("waits for its author who was asked to sign in, however long that takes", () => {
    const signedOut = { state: "refused", code: "sign_in_required" } as const;
    open().put({ ...sending("a"), ...signedOut, message: "", retryAt: null });
    for (const ms of [60_000, 3_600_000]) {
      vi.advanceTimersByTime(ms);
      const { store, post } = open();
      expect(post).not.toHaveBeenCalled();
      expect(store.getState().outbox.posts).toMatchObject([
        { nonce: "a", state: "unconfirmed", text: "text of a" },
      ]);
    }
  });

  test("is of one person", () => {
    open().put(sending("a"));
    const other = open({ id: 8, name: "Bo" });
    expect(other.post).not.toHaveBeenCalled();
    expect(other.store.getState().outbox.posts).toEqual([]);
  });

  test("is forgotten with its answer", () => {
    const { store, put } = open();
    put(sending("a"));
    put(sending("b"));
    store.setState(({ outbox }) => ({ outbox: dropPost(outbox, "a") }));
    put({ ...sending("b"), state: "refused", code: "busy", message: "", retryAt: null });
    expect(window.sessionStorage.length).toBe(0);
    expect(open().post).not.toHaveBeenCalled();
  });

  test("is as old as it is, however far apart the clocks turn out to be", () => {
    const { store, put } = open();
    store.setState(({ connection }) => ({ connection: { ...connection, skewMs: 0 } }));
    put({ ...sending("a"), at: Date.now() });
    store.setState(({ connection }) => ({ connection: { ...connection, skewMs: 86_400_000 } }));
    put(sending("b"));
    const later = open();
    later.store.setState(({ connection }) => ({ connection: { ...connection, skewMs: 0 } }));
    later.put(sending("c"));
    expect(open().post.mock.calls).toMatchObject([
      [{ nonce: "a" }],
      [{ nonce: "b" }],
      [{ nonce: "c" }],
    ]);
    vi.advanceTimersByTime(301_000);
    expect(open().post).not.toHaveBeenCalled();
  });

  test.each([
    "null",
    "{}",
    "[null, 5]",
    '[{"nonce":"a","text":"x"}]',
    `[${JSON.stringify({ ...sending("a"), at: 1e300, writtenAt: Date.now() })}]`,
    `[${JSON.stringify({ ...sending("a"), reply: { id: "5" }, writtenAt: Date.now() })}]`,
  ])("is not what something else left in its place: %s", (stored) => {
    window.sessionStorage.setItem("unsent:demo:7", stored);
    const { store, post } = open();
    expect(post).not.toHaveBeenCalled();
    expect(store.getState().outbox.posts).toEqual([]);
  });
});
