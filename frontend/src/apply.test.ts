import { beforeEach, describe, expect, test } from "vitest";
import { apply } from "./apply";
import type { ServerMessage } from "live-comments-client";
import { createViewerStore, type ViewerState } from "./store";
import { subjectOfComment } from "./store/menu";
import type { OutgoingPost } from "./store/outbox";
import { shownOneIn } from "./store/pace";
import { selectIsMenuStale } from "./store/selectors";
import { comment, frame, posted, room, welcome } from "live-comments-client/testing/messages";

const NOW = 1_800_000_000_000;
const you = { id: "7", name: "Ana", role: "viewer", ticket_expires_at: NOW + 900_000 } as const;

let state: ViewerState;

function take(...messages: ServerMessage[]): void {
  state = messages.reduce((next, message) => apply(next, message, NOW), state);
}

const mine = (id: number, changes = {}) =>
  comment(id, { user: { id: "7", name: "Ana" }, text: "mine", at: NOW + 20, ...changes });
const ids = () => state.comments.entries.map(({ id }) => id);
const texts = () =>
  state.comments.entries.map((e) => (e.kind === "comment" ? e.comment.text : e.kind));

function sending(nonce: string, changes: Partial<OutgoingPost> = {}): void {
  const post = {
    state: "sending",
    nonce,
    text: "mine",
    reply: null,
    user: { id: "7", name: "Ana" },
    at: NOW,
    ...changes,
  } as OutgoingPost;
  state = { ...state, outbox: { ...state.outbox, posts: [...state.outbox.posts, post] } };
}

beforeEach(() => {
  state = createViewerStore().getState();
  take(welcome({ you, recent: [comment(1), comment(2)] }));
});

describe("welcome", () => {
  test("fills the page", () => {
    expect(ids()).toEqual(["1", "2"]);
    expect(state.room).toMatchObject({ viewers: 3, you });
    expect(state.connection).toMatchObject({
      hasJoined: true,
      isCatchingUp: false,
      comeback: null,
    });
  });

  test("with resume keeps what is there until what was missed has come", () => {
    take(welcome({ you, resumed: true, viewers: 9 }));
    expect(state.connection.isCatchingUp).toBe(true);
    take(frame(11, posted(3, 4)), { type: "caught_up", comments: 2 });
    expect(ids()).toEqual(["1", "2", "3", "4"]);
    expect(state.connection).toMatchObject({
      isCatchingUp: false,
      comeback: { comments: 2, count: 1 },
    });
  });

  test("without resume begins afresh and says so, keeping the rows that are still there", () => {
    sending("n1");
    take({ type: "comment.accepted", nonce: "n1", comment: comment(3) });
    take(welcome({ you, epoch: "e2", recent: [comment(3), comment(9)] }));
    expect(state.comments.entries.map(({ key }) => key)).toEqual(["n1", "9"]);
    expect(state.connection.comeback).toEqual({ comments: null, count: 1 });
  });

  test("without resume leaves no menu about a comment that is no longer there", () => {
    const at = { top: 0, bottom: 0, left: 0, right: 0 };
    const open = (id: number) => {
      const subject = subjectOfComment(comment(id));
      state = { ...state, menu: { open: { subject, view: "main", at } } };
    };
    open(2);
    take(welcome({ you, epoch: "e2", recent: [comment(2), comment(3)] }));
    expect(selectIsMenuStale(state)).toBe(false);
    open(1);
    take(welcome({ you, resumed: true }));
    expect(selectIsMenuStale(state)).toBe(false);
    open(2);
    take(welcome({ you, epoch: "e3", recent: [comment(3)] }));
    expect(selectIsMenuStale(state)).toBe(true);
    open(3);
    expect(selectIsMenuStale(state)).toBe(false);
  });

  test("tells of a sanction in force", () => {
    take(welcome({ you: { ...you, sanction: "timeout", sanction_until: NOW + 60_000 } }));
    expect(state.room.sanction).toEqual({ kind: "timeout", until: NOW + 60_000, reason: "" });
  });
});

describe("comments", () => {
  test("stand in id order, longer ids being higher, each once", () => {
    take(frame(11, posted("10", "9")), frame(12, posted("10", "100")));
    expect(ids()).toEqual(["1", "2", "9", "10", "100"]);
  });

  test("of a backfill come in like those of a frame", () => {
    take({ type: "backfill", audience: "public", through: "5", items: posted(3, 4) });
    expect(ids()).toEqual(["1", "2", "3", "4"]);
  });

  test("of one's own are shown once, whether the answer or the frame comes first", () => {
    sending("n1");
    sending("n2");
    take({ type: "comment.accepted", nonce: "n1", comment: comment(3) });
    expect(ids()).toEqual(["1", "2", "3"]);
    take(frame(11, posted(3, 4)));
    take({ type: "comment.accepted", nonce: "n2", comment: comment(4) });
    expect(ids()).toEqual(["1", "2", "3", "4"]);
    expect(state.outbox.posts).toEqual([]);
  });

  test("of one's own take the place of the post though its answer is still on the way", () => {
    sending("n1");
    sending("n2");
    take(frame(11, [{ type: "comment.posted", comment: mine(3) }]));
    expect(state.outbox.posts.map(({ nonce }) => nonce)).toEqual(["n2"]);
    expect(state.comments.entries.map(({ key }) => key)).toEqual(["1", "2", "n1"]);
    take({ type: "comment.accepted", nonce: "n1", comment: mine(3) });
    take(frame(11, [{ type: "comment.posted", comment: mine(3) }]));
    expect(state.outbox.posts.map(({ nonce }) => nonce)).toEqual(["n2"]);
    expect(ids()).toEqual(["1", "2", "3"]);
  });

  test("of one's own leave another post alone: other text, other person, or said long before", () => {
    sending("n1");
    const others = [
      mine(3, { text: "something else" }),
      mine(4, { user: { id: "8", name: "Bo" } }),
      mine(5, { at: NOW - 60_000 }),
    ];
    take(
      frame(
        11,
        others.map((comment) => ({ type: "comment.posted", comment }) as const),
      ),
    );
    expect(state.outbox.posts).toHaveLength(1);
  });

  test("of one's own that were accepted before all that is here wait for their page of history", () => {
    take(welcome({ you, recent: [comment(101), comment(102)] }));
    sending("n1");
    take({ type: "comment.accepted", nonce: "n1", comment: mine(3) });
    expect(ids()).toEqual(["101", "102"]);
    expect(state.outbox.posts).toEqual([]);
  });

  test("of one's own keep their row: its key is the nonce", () => {
    sending("n1");
    take({ type: "comment.accepted", nonce: "n1", comment: comment(3) }, frame(11, posted(3)));
    expect(state.comments.entries.at(-1)).toMatchObject({ key: "n1", id: "3" });
  });

  test("that are hidden leave a tombstone, and their text nowhere", () => {
    const reply = { id: "2", name: "Ana", text: "comment 2" };
    take(frame(11, [{ type: "comment.posted", comment: comment(3, { reply }) }]));
    take(frame(12, [{ type: "comment.hidden", id: "2" }]));
    expect(texts()).toEqual(["comment 1", "tombstone", "comment 3"]);
    expect(JSON.stringify(state)).not.toContain("comment 2");
  });

  test("that were hidden stay so when a page of history brings them", () => {
    take(frame(11, [{ type: "comment.hidden", id: "2" }]));
    take({ type: "backfill", audience: "public", through: "5", items: posted(2) });
    expect(texts()).toEqual(["comment 1", "tombstone"]);
  });

  test("come back to their place when restored, and into the quotes", () => {
    const reply = { id: "1", name: "Ana", text: "comment 1" };
    take(frame(11, [{ type: "comment.posted", comment: comment(3, { reply }) }]));
    take(frame(12, [{ type: "comment.hidden", id: "1" }]));
    take(frame(13, [{ type: "comment.restored", comment: comment(1) }]));
    expect(texts()).toEqual(["comment 1", "comment 2", "comment 3"]);
    expect(state.comments.entries[2]).toMatchObject({ comment: { reply } });
  });

  test("restored from beyond the first row wait for their page of history", () => {
    expect(state.comments.hasOlder).toBe(true);
    take(frame(11, [{ type: "comment.restored", comment: comment(0) }]));
    expect(ids()).toEqual(["1", "2"]);
  });
});

describe("a busy room", () => {
  test("counts what its frames leave out, beside what they show", () => {
    const hidden = { type: "comment.hidden", id: "1" } as const;
    take(frame(11, [...posted(3, 4), hidden], { left_out: 6 }), frame(12, [], { left_out: 2 }));
    expect(shownOneIn(state.pace, NOW)).toBe(5);
    expect(ids()).toEqual(["1", "2", "3", "4"]);
  });

  test("shows one's own comment as ever, and says that others are not shown it", () => {
    sending("n1");
    take({ type: "comment.accepted", nonce: "n1", comment: comment(3), left_out: true });
    take(frame(11, posted(4), { left_out: 1 }));
    expect(ids()).toEqual(["1", "2", "3", "4"]);
    expect(state.comments.entries[2]).toMatchObject({ key: "n1", isLeftOut: true });
    expect(state.comments.entries[3]).not.toHaveProperty("isLeftOut");
    expect(state.outbox.posts).toEqual([]);
  });

  test("shows a reply to the one it answers, in its place", () => {
    const reply = { id: "2", name: "Ana", text: "comment 2" };
    const items = [{ type: "you.replied", comment: comment(3, { reply }) }] as const;
    take(frame(11, posted(4), { left_out: 1 }));
    take({ type: "personal", seq: 11, audience: "public", items: [...items] });
    expect(ids()).toEqual(["1", "2", "3", "4"]);
    expect(state.comments.entries[2]).toMatchObject({ comment: { reply } });
  });
});

describe("one's own posts", () => {
  test("wait when held, and land in their row when approved", () => {
    sending("n1");
    take({ type: "comment.held", nonce: "n1", hold: "5", reason: "review" });
    expect(state.outbox.posts[0]).toMatchObject({ state: "held", hold: "5" });
    take({
      type: "personal",
      seq: 11,
      audience: "public",
      items: [{ type: "you.held_approved", hold: "5", comment: comment(8) }],
    });
    expect(state.outbox.posts).toEqual([]);
    expect(state.comments.entries.at(-1)).toMatchObject({ key: "n1", id: "8" });
  });

  test("are turned down with their text kept", () => {
    sending("n1");
    take({ type: "comment.held", nonce: "n1", hold: "5", reason: "review" });
    const refused = { type: "you.held_refused", hold: "5", outcome: "expired" } as const;
    take({ type: "personal", seq: 11, audience: "public", items: [refused] });
    expect(state.outbox.posts[0]).toMatchObject({
      state: "turned_down",
      outcome: "expired",
      text: "mine",
    });
  });

  test("refused: text kept, with the wait and a cool-down for all", () => {
    sending("n1");
    const refusal = { code: "slow_mode", message: "", ref: "n1", retry_after_ms: 5_000 } as const;
    take({ type: "error", ...refusal });
    expect(state.outbox).toMatchObject({
      posts: [{ state: "refused", code: "slow_mode", retryAt: NOW + 5_000, text: "mine" }],
      cooldownUntil: NOW + 5_000,
    });
  });

  test("refused for what they say do not hold up the next", () => {
    sending("n1");
    const refusal = { code: "identical_text", message: "", retry_after_ms: 5_000 } as const;
    take({ type: "error", ...refusal, ref: "n1" });
    expect(state.outbox.cooldownUntil).toBe(0);
  });

  test.each(["timed_out", "account_too_new"] as const)(
    "refused as %s do not hold up the next: the gate does, which may open sooner",
    (code) => {
      sending("n1");
      take({ type: "error", code, message: "", ref: "n1", retry_after_ms: 86_400_000 });
      expect(state.outbox.cooldownUntil).toBe(0);
    },
  );

  test("in slow mode start the countdown, which ends when the mode does", () => {
    take(frame(11, [{ type: "room.changed", room: { ...room, slow_seconds: 30 } }]));
    sending("n1");
    take({ type: "comment.accepted", nonce: "n1", comment: comment(3, { at: NOW }) });
    expect(state.outbox.cooldownUntil).toBe(NOW + 30_000);
    take(frame(12, [{ type: "room.changed", room }]));
    expect(state.outbox.cooldownUntil).toBe(0);
  });

  test("a sanction comes and goes", () => {
    const items = [{ type: "you.sanctioned", kind: "ban", reason: "spam" }] as const;
    take({ type: "personal", seq: 11, audience: "public", items: [...items] });
    expect(state.room.sanction).toEqual({ kind: "ban", until: null, reason: "spam" });
    take({ type: "personal", seq: 12, audience: "public", items: [{ type: "you.restored" }] });
    expect(state.room.sanction).toBeNull();
  });
});

describe("reactions and viewers", () => {
  test("are counted, and other people's float", () => {
    take(frame(11, [], { reactions: { love: 3 }, totals: { love: 40 }, viewers: 12 }));
    expect(state.reactions.totals.love).toBe(40);
    expect(state.reactions.floats.map(({ kind }) => kind)).toEqual(["love", "love", "love"]);
    expect(state.room.viewers).toBe(12);
  });

  test("of one's own float once: at the press, not again with the frame", () => {
    state = { ...state, reactions: { ...state.reactions, own: { love: 2 } } };
    take(frame(11, [], { reactions: { love: 3 }, totals: { love: 3 } }));
    expect(state.reactions.floats).toHaveLength(1);
    expect(state.reactions.own.love).toBe(0);
  });

  test("that were missed do not float, and totals never go back", () => {
    take(welcome({ you, resumed: true, reactions: { like: 90 } }));
    take(frame(11, [], { reactions: { like: 5 }, totals: { like: 80 } }));
    expect(state.reactions.floats).toEqual([]);
    expect(state.reactions.totals.like).toBe(90);
  });

  test("never more than fifty on the screen", () => {
    const storm = { like: 99, love: 99, haha: 99, wow: 99, sad: 99, angry: 99 };
    for (let seq = 11; seq < 16; seq += 1)
      take(frame(seq, [], { reactions: storm, totals: storm }));
    expect(state.reactions.floats).toHaveLength(50);
  });
});

describe("staff", () => {
  const held = { hold: "5", user: { id: "8", name: "Bo" }, text: "?", at: NOW, reason: "review" };

  test("see what waits until it is decided", () => {
    take(frame(1, [{ type: "hold.opened", held }], { audience: "staff" }));
    expect(state.comments.held).toEqual([held]);
    const closed = { type: "hold.closed", hold: "5", outcome: "refused" } as const;
    take(frame(2, [closed], { audience: "staff" }));
    expect(state.comments.held).toEqual([]);
  });

  test("get the list anew with each welcome", () => {
    take(frame(1, [{ type: "hold.opened", held }], { audience: "staff" }));
    take(welcome({ you, resumed: true, held: [{ ...held, hold: "6" }] }));
    expect(state.comments.held.map(({ hold }) => hold)).toEqual(["6"]);
  });
});

test("what concerns only the connection changes nothing", () => {
  const before = state;
  take({ type: "pong", server_time: 1 }, { type: "bye", reconnect_after_ms: 5 });
  take({ type: "ticket", ticket: "t", expires_at: 1 });
  expect(state).toBe(before);
});

describe("what is quoted in one's own posts", () => {
  const reply = { id: "2", name: "Ana", text: "secret" };
  const quoted = () => state.outbox.posts.map((post) => post.reply?.text);

  test("is gone as soon as it is hidden", () => {
    sending("n1", { reply });
    sending("n2", { reply: { ...reply, id: "1" } });
    take(frame(11, [{ type: "comment.hidden", id: "2" }]));
    expect(quoted()).toEqual(["", "secret"]);
  });

  test("is gone with all that its author said, also under a name they had before", () => {
    const author = { id: "9", name: "New" };
    sending("n1", { reply: { id: "2", name: "Old", text: "secret" } });
    const said = comment(2, { user: { ...author, name: "Old" } });
    const answer = comment(3, { reply: { id: "2", name: "Old", text: "secret" } });
    take(welcome({ you, recent: [said, answer] }));
    take(frame(11, [{ type: "user.cleared", user: "9", name: "New", through: "2" }]));
    expect(quoted()).toEqual([""]);
    expect(JSON.stringify(state.comments.entries)).not.toContain("secret");
  });
});

test("one's own comment is known before its answer when the clocks are a day apart", () => {
  for (const skewMs of [86_400_000, -86_400_000]) {
    state = createViewerStore().getState();
    take(welcome({ you, recent: [], server_time: NOW + skewMs }));
    sending("n1", { at: NOW + skewMs });
    take(frame(11, [{ type: "comment.posted", comment: mine(3, { at: NOW + skewMs - 3_000 }) }]));
    expect(state.outbox.posts).toHaveLength(1);
    take(frame(12, [{ type: "comment.posted", comment: mine(4, { at: NOW + skewMs + 20 }) }]));
    expect(state.outbox.posts).toHaveLength(0);
  }
});
