import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomSocket } from "live-comments-client";
import type { Boot } from "./boot";
import { createPosting } from "./posting";
import { createViewerStore } from "./store";
import { type OutgoingPost, putPost } from "./store/outbox";

const boot = { slug: "demo", user: { id: 7, name: "Ana" } } as unknown as Boot;

function open(changes: Partial<OutgoingPost>) {
  const store = createViewerStore();
  const sent = vi.fn();
  const base = { nonce: "n", text: "hello", reply: null, user: { id: "7", name: "Ana" } };
  const post = { ...base, at: Date.now(), writtenAt: Date.now(), ...changes } as OutgoingPost;
  store.setState(({ outbox }) => ({ outbox: putPost(outbox, post) }));
  const posting = createPosting(boot, store, { post: sent } as unknown as RoomSocket);
  return { posting, sent, posts: () => store.getState().outbox.posts };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a retry", () => {
  test("of what nobody answered keeps the nonce, and when it was first sent", () => {
    const { posting, sent } = open({ state: "unconfirmed" });
    const writtenAt = Date.now();
    vi.advanceTimersByTime(599_000);
    posting.retryPost("n");
    expect(sent).toHaveBeenCalledWith({ nonce: "n", text: "hello", replyTo: null, writtenAt });
  });

  test("of what the server may not recognise is not sent: it might be said twice", () => {
    const { posting, sent, posts } = open({ state: "unconfirmed" });
    vi.advanceTimersByTime(600_000);
    posting.retryPost("n");
    expect(sent).not.toHaveBeenCalled();
    expect(posts()).toMatchObject([{ state: "unconfirmed", text: "hello" }]);
  });

  test("of a refused one begins anew, as nothing is kept of its nonce", () => {
    const { posting, sent } = open({ state: "refused", code: "busy", message: "", retryAt: null });
    vi.advanceTimersByTime(900_000);
    posting.retryPost("n");
    expect(sent).toHaveBeenCalledWith(
      expect.objectContaining({ nonce: "n", writtenAt: Date.now() }),
    );
  });
});
