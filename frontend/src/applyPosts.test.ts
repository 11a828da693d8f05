// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HOLD_SECONDS, type PersonalItem, type ServerMessage } from "live-comments-client";
import { comment, frame, welcome } from "live-comments-client/testing/messages";
import { apply } from "./apply";
import { endHeldPosts } from "./heldPosts";
import { createViewerStore, type ViewerStore } from "./store";
import { type OutgoingPost, putPost } from "./store/outbox";

const NOW = 1_800_000_000_000;
const ana = { id: "7", name: "Ana" };
const you = { ...ana, role: "viewer", ticket_expires_at: NOW + 900_000 } as const;

let store: ViewerStore;

function take(...messages: ServerMessage[]): void {
  for (const message of messages) store.setState((state) => apply(state, message, Date.now()));
}

function tell(...items: PersonalItem[]): void {
  take({ type: "personal", seq: 11, audience: "public", items });
}

function say(nonce: string, text = "mine"): void {
  const base = { nonce, text, reply: null, user: ana, at: Date.now(), writtenAt: Date.now() };
  const post: OutgoingPost = { ...base, state: "sending" };
  store.setState(({ outbox }) => ({ outbox: putPost(outbox, post) }));
}

const held = (nonce: string, hold: string) =>
  ({ type: "comment.held", nonce, hold, reason: "review" }) as const;
const mine = (id: number, changes = {}) =>
  comment(id, { user: ana, text: "mine", at: Date.now() + 20, ...changes });
const posts = () => store.getState().outbox.posts;
const rows = () => store.getState().comments.entries.map(({ key }) => key);
const refused = { type: "you.held_refused", hold: "5", outcome: "refused", reason: "no" } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  store = createViewerStore();
  take(welcome({ you, recent: [comment(1)] }));
});
afterEach(() => vi.useRealTimers());

describe("a post that was approved while nobody was here to hear it", () => {
  beforeEach(() => {
    say("n1");
    take(held("n1", "5"));
    vi.advanceTimersByTime(60_000);
  });

  test("is its comment when what was missed comes", () => {
    take(welcome({ you, resumed: true }));
    const items = [{ type: "comment.posted", comment: mine(8) }] as const;
    take({ type: "backfill", audience: "public", through: "9", items: [...items] });
    expect(posts()).toEqual([]);
    expect(rows()).toEqual(["1", "n1"]);
  });

  test("is its comment when the room begins afresh", () => {
    take(welcome({ you, epoch: "e2", recent: [comment(1), mine(8)] }));
    expect(posts()).toEqual([]);
    expect(rows()).toEqual(["1", "n1"]);
  });

  test("is not what another said, nor what was said before it", () => {
    const others = [mine(8, { user: { id: "8", name: "Bo" } }), mine(9, { at: NOW - 60_000 })];
    take(
      frame(
        11,
        others.map((one) => ({ type: "comment.posted", comment: one }) as const),
      ),
    );
    expect(posts()).toMatchObject([{ state: "held" }]);
  });

  test("gives way to one of the same words that has no answer yet", () => {
    say("n2");
    take(frame(11, [{ type: "comment.posted", comment: mine(8) }]));
    expect(posts()).toMatchObject([{ nonce: "n1", state: "held" }]);
  });
});

describe("a hold that ends before the post knows of it", () => {
  test("turns it down as soon as the answer names the hold", () => {
    say("n1");
    tell(refused);
    expect(posts()).toMatchObject([{ state: "sending" }]);
    take(held("n1", "5"));
    expect(posts()).toMatchObject([{ state: "turned_down", outcome: "refused", reason: "no" }]);
    say("n2");
    take(held("n2", "5"));
    expect(posts()).toMatchObject([{ nonce: "n1" }, { nonce: "n2", state: "held" }]);
  });

  test("lands it when it was approved, whatever its words", () => {
    say("n1");
    say("n2", "other words");
    tell({ type: "you.held_approved", hold: "5", comment: mine(8) });
    expect(posts()).toMatchObject([{ nonce: "n2" }]);
    expect(rows()).toEqual(["1", "n1"]);
    tell({ type: "you.held_approved", hold: "6", comment: mine(9, { text: "other" }) });
    take(held("n1", "5"), held("n2", "6"));
    expect(posts()).toEqual([]);
  });

  test("is remembered with a few others, not with all", () => {
    for (let hold = 0; hold < 100; hold += 1) tell({ ...refused, hold: String(hold) });
    expect(store.getState().outbox.unclaimedEnds).toHaveLength(20);
  });
});

describe("a post that waits for a moderator", () => {
  const OVER_MS = HOLD_SECONDS * 1_000 + 60_000;

  beforeEach(() => {
    say("n1");
    take(held("n1", "5"));
  });

  test("waits no longer than a moderator may decide", () => {
    const stop = endHeldPosts(store);
    vi.advanceTimersByTime(OVER_MS - 5_000);
    expect(posts()).toMatchObject([{ state: "held" }]);
    vi.advanceTimersByTime(10_000);
    expect(posts()).toMatchObject([{ state: "turned_down", outcome: "expired", text: "mine" }]);
    stop();
  });

  test("waits no longer after the machine slept, and still hears how it ended", () => {
    const stop = endHeldPosts(store);
    vi.setSystemTime(NOW + 3_600_000);
    vi.advanceTimersByTime(5_000);
    expect(posts()).toMatchObject([{ state: "turned_down", outcome: "expired" }]);
    tell(refused);
    expect(posts()).toMatchObject([{ state: "turned_down", outcome: "refused", reason: "no" }]);
    stop();
  });
});

describe("a post that was turned down", () => {
  beforeEach(() => {
    say("n1");
    take(held("n1", "5"));
    tell(refused);
    vi.advanceTimersByTime(60_000);
  });

  const approved = () => ({ type: "you.held_approved", hold: "6", comment: mine(8) }) as const;
  const shown = () => frame(11, [{ type: "comment.posted", comment: mine(8) }]);

  test.each([
    ["the author is told first", () => [approved(), shown()] as const],
    ["the room is shown it first", () => [shown(), approved()] as const],
  ])("is its comment once a moderator thought better of it: %s", (_, order) => {
    for (const news of order()) {
      if (news.type === "frame") take(news);
      else tell(news);
    }
    expect(posts()).toEqual([]);
    expect(rows()).toEqual(["1", "n1"]);
  });

  test("stays when the same words are said anew", () => {
    say("n2");
    take(shown(), { type: "comment.accepted", nonce: "n2", comment: mine(8) });
    expect(posts()).toMatchObject([{ nonce: "n1", state: "turned_down" }]);
    expect(rows()).toEqual(["1", "n2"]);
  });

  test("of other words stays", () => {
    tell({ ...approved(), comment: mine(8, { text: "other words" }) });
    expect(posts()).toMatchObject([{ nonce: "n1", state: "turned_down" }]);
  });
});
