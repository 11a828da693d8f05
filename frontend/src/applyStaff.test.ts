import { beforeEach, describe, expect, test } from "vitest";
import { apply } from "./apply";
import type { Item, Room, ServerMessage } from "live-comments-client";
import { loggedSentence } from "./staffStrings";
import { createViewerStore, type ViewerState } from "./store";
import { setSilenced } from "./store/comments";
import { pauseFollowing } from "./store/reading";
import { subjectOfRow } from "./store/subjects";
import { comment, frame, posted, welcome } from "live-comments-client/testing/messages";

const NOW = 1_800_000_000_000;
const you = { id: "7", name: "Ana", role: "moderator", ticket_expires_at: NOW } as const;
const bo = { id: "8", name: "Bo" };

let state: ViewerState;
let seq = 10;

function take(...messages: ServerMessage[]): void {
  state = messages.reduce((next, message) => apply(next, message, NOW), state);
}

function items(...list: Item[]): void {
  seq += 1;
  take(frame(seq, list));
}

const said = (id: number, changes = {}): Item => ({
  type: "comment.posted",
  comment: comment(id, changes),
});
const shape = () =>
  state.comments.entries.map((e) => (e.kind === "comment" ? e.id : `${e.cause} ${e.id}`));

beforeEach(() => {
  state = createViewerStore().getState();
  seq = 10;
  take(welcome({ you, recent: [comment(1), comment(2, { user: bo })] }));
});

describe("a person is cleared", () => {
  beforeEach(() => {
    const reply = { id: "2", name: "Bo", text: "comment 2" };
    items(said(3, { reply }), said(4, { user: bo }), said(5));
    items({ type: "user.cleared", user: "8", name: "Bo", through: "4" });
  });

  test("one line stands for all of it, where the last one stood", () => {
    expect(shape()).toEqual(["1", "3", "cleared 4", "5"]);
    expect(JSON.stringify(state.comments)).not.toContain("comment 2");
  });

  test("what they say afterwards is shown", () => {
    items(said(6, { user: bo }));
    expect(shape()).toEqual(["1", "3", "cleared 4", "5", "6"]);
  });

  test("a page of history that was on its way brings nothing back", () => {
    take({ type: "backfill", audience: "public", through: "5", items: [said(2, { user: bo })] });
    expect(shape()).toEqual(["1", "moderator 2", "3", "cleared 4", "5"]);
  });

  describe("and a page of history on its way quotes them", () => {
    const texts = (...quotes: { id: string; name: string }[]) => {
      const list = quotes.map((quote, index) =>
        said(10 + index, { reply: { ...quote, text: "?" } }),
      );
      take({ type: "backfill", audience: "public", through: "20", items: list });
      return state.comments.entries.slice(-quotes.length).map((entry) => {
        return entry.kind === "comment" ? entry.comment.reply?.text : null;
      });
    };

    test("nothing of what was cleared comes back", () => {
      expect(texts({ id: "0", name: "Bo" }, { id: "4", name: "Bo" })).toEqual(["", ""]);
    });

    test("others are quoted as ever, and so is what they say afterwards", () => {
      expect(texts({ id: "3", name: "Ana" }, { id: "6", name: "Bo" })).toEqual(["?", "?"]);
    });

    test("a name that they had before is known from what was here", () => {
      items(said(6, { user: { id: "9", name: "Old" } }));
      items({ type: "user.cleared", user: "9", name: "New", through: "7" });
      expect(texts({ id: "0", name: "Old" }, { id: "0", name: "New" })).toEqual(["", ""]);
    });

    test("once one of them is restored the server alone tells what is hidden", () => {
      items({ type: "comment.restored", comment: comment(2, { user: bo }) });
      expect(texts({ id: "2", name: "Bo" })).toEqual(["?"]);
    });

    test("a room that begins afresh has forgotten it", () => {
      take(welcome({ you, epoch: "e2", recent: [comment(1)] }));
      expect(texts({ id: "2", name: "Bo" })).toEqual(["?"]);
    });
  });

  test("each that is restored comes back to its place, and into quotes", () => {
    items(
      { type: "comment.restored", comment: comment(2, { user: bo }) },
      { type: "comment.restored", comment: comment(4, { user: bo }) },
    );
    expect(shape()).toEqual(["1", "2", "3", "4", "5"]);
    expect(state.comments.entries[2]).toMatchObject({ comment: { reply: { text: "comment 2" } } });
  });
});

test("who withdrew it is told", () => {
  items({ type: "comment.hidden", id: "1", withdrawn: true });
  expect(shape()).toEqual(["author 1", "2"]);
});

describe("a delayed comment", () => {
  const delayed = (id: number): Item => {
    return { type: "comment.delayed", comment: comment(id), until: NOW + 4_000 };
  };
  /** One's own comment, brought by its answer. */
  const say = (id: number) => {
    const nonce = "n1";
    const text = comment(id).text;
    const user = { id: "7", name: "Ana" };
    const post = {
      state: "sending",
      nonce,
      text,
      reply: null,
      at: NOW,
      writtenAt: NOW,
      user,
    } as const;
    state = { ...state, outbox: { ...state.outbox, posts: [post] } };
    take({ type: "comment.accepted", nonce, comment: comment(id) });
  };

  test("is shown to staff with its moment, until viewers are shown it", () => {
    items(delayed(3));
    expect(state.comments.entries[2]).toMatchObject({ id: "3", shownAt: NOW + 4_000 });
    items(...posted(3));
    expect(shape()).toEqual(["1", "2", "3"]);
    expect(state.comments.entries[2]).toHaveProperty("shownAt", undefined);
  });

  test("is one like any other when viewers were shown it first, as after a resume", () => {
    const plain = (id: number) => {
      const entry = state.comments.entries.find((other) => other.id === String(id));
      return entry?.kind === "comment" && entry.shownAt === undefined;
    };
    take(welcome({ you, resumed: true }));
    items(...posted(3), said(4, { user: bo }));
    items(delayed(3), {
      type: "comment.delayed",
      comment: comment(4, { user: bo }),
      until: NOW - 1,
    });
    expect(shape()).toEqual(["1", "2", "3", "4"]);
    expect([plain(3), plain(4)]).toEqual([true, true]);
  });

  test("whose time has come by the server's clock does not wait", () => {
    take(welcome({ you, recent: [comment(1)], server_time: NOW + 60_000 }));
    items({ type: "comment.delayed", comment: comment(3), until: NOW + 60_000 });
    items({ type: "comment.delayed", comment: comment(4), until: NOW + 60_001 });
    expect(shape()).toEqual(["1", "3", "4"]);
    expect(state.comments.entries[1]).not.toHaveProperty("shownAt");
    expect(state.comments.entries[2]).toHaveProperty("shownAt", NOW + 60_001);
  });

  test("waits too for who joins in between, until its time", () => {
    const waiting = (id: number, until: number) =>
      ({ type: "comment.delayed", comment: comment(id), until }) as const;
    const server = { you, recent: [comment(1)], server_time: NOW + 60_000 };
    take(welcome({ ...server, delayed: [waiting(3, NOW + 60_000), waiting(4, NOW + 64_000)] }));
    expect(shape()).toEqual(["1", "3", "4"]);
    expect(state.comments.entries[1]).not.toHaveProperty("shownAt");
    expect(state.comments.entries[2]).toHaveProperty("shownAt", NOW + 64_000);
    items(waiting(5, NOW + 65_000), ...posted(4));
    expect(shape()).toEqual(["1", "3", "4", "5"]);
    expect(state.comments.entries[2]).toHaveProperty("shownAt", undefined);
  });

  test("keeps its row when the room begins afresh", () => {
    say(3);
    const until = NOW + 4_000;
    const waiting = { type: "comment.delayed", comment: comment(3), until } as const;
    take(welcome({ you, epoch: "e2", recent: [comment(1)], delayed: [waiting] }));
    expect(state.comments.entries[1]).toMatchObject({ key: "n1", shownAt: until });
  });

  test("that was seen to wait is left as it is by a resume", () => {
    items(delayed(3));
    const waiting = { type: "comment.delayed", comment: comment(3), until: NOW + 4_000 } as const;
    take(welcome({ you, resumed: true, delayed: [waiting] }));
    items(...posted(3));
    expect(shape()).toEqual(["1", "2", "3"]);
    expect(state.comments.entries[2]).toHaveProperty("shownAt", undefined);
  });

  test("of one's own waits, though its answer has brought it", () => {
    say(3);
    items(delayed(3));
    expect(state.comments.entries[2]).toMatchObject({ key: "n1", shownAt: NOW + 4_000 });
  });

  test("that is hidden in time is gone, and stays so", () => {
    items(delayed(3), { type: "comment.hidden", id: "3" });
    expect(shape()).toEqual(["1", "2", "moderator 3"]);
  });
});

describe("flags and reports", () => {
  test("a flag finds its comment, whichever comes first", () => {
    items({ type: "comment.flagged", id: "2", reason: "words", detail: "scam" });
    items({ type: "comment.flagged", id: "3", reason: "model" });
    expect(state.moderation.flagged.get("2")?.comment?.text).toBe("comment 2");
    expect(state.moderation.flagged.get("3")?.comment).toBeNull();
    items(said(3));
    expect(state.moderation.flagged.get("3")?.comment?.text).toBe("comment 3");
    expect(subjectOfRow(state, "flag:3")?.id).toBe("3");
  });

  test("reports of one comment are one entry with each reason once", () => {
    const report = (reason: "spam" | "hate", reports: number): Item => {
      return { type: "comment.reported", comment: comment(2, { user: bo }), reason, reports };
    };
    items(report("spam", 1), report("hate", 2), report("spam", 3));
    expect([...state.moderation.reported.values()]).toMatchObject([
      { reasons: ["hate", "spam"], reports: 3 },
    ]);
  });

  test("are settled when the comment is hidden or its author cleared", () => {
    items(
      { type: "comment.flagged", id: "1", reason: "model" },
      { type: "comment.reported", comment: comment(2, { user: bo }), reason: "spam", reports: 1 },
    );
    items({ type: "comment.hidden", id: "1" });
    expect(state.moderation.flagged.size).toBe(0);
    expect(state.moderation.reported.size).toBe(1);
    items({ type: "user.cleared", user: "8", name: "Bo", through: "2" });
    expect(state.moderation.reported.size).toBe(0);
  });
});

describe("what is flagged or reported, but hidden by then, as after a resume", () => {
  const flag = (id: string): Item => ({ type: "comment.flagged", id, reason: "model" });
  const report: Item = {
    type: "comment.reported",
    comment: comment(2, { user: bo }),
    reason: "spam",
    reports: 1,
  };
  const undecided = () => [...state.moderation.flagged.keys(), ...state.moderation.reported.keys()];

  test("leaves nothing to decide", () => {
    items({ type: "comment.hidden", id: "2" }, { type: "comment.hidden", id: "3" });
    items(flag("2"), flag("3"), report);
    expect(undecided()).toEqual([]);
  });

  test("nor where all that its author had said is hidden", () => {
    items({ type: "user.cleared", user: "8", name: "Bo", through: "5" });
    items(flag("2"), report);
    expect(undecided()).toEqual([]);
  });

  test("is to be decided once it is back", () => {
    items({ type: "comment.hidden", id: "2" });
    items({ type: "comment.restored", comment: comment(2, { user: bo }) });
    items(flag("2"), report);
    expect(undecided()).toEqual(["2", "2"]);
  });
});

test("a flag leaves when the room begins afresh without its comment, unless that is older", () => {
  items(...posted(5));
  for (const id of ["1", "2", "5"]) items({ type: "comment.flagged", id, reason: "model" });
  take(welcome({ you, resumed: true }));
  expect([...state.moderation.flagged.keys()]).toEqual(["1", "2", "5"]);
  take(welcome({ you, epoch: "e2", recent: [comment(2, { user: bo }), comment(6)] }));
  expect([...state.moderation.flagged.keys()]).toEqual(["1", "2"]);
});

describe("sanctions, roles and the log", () => {
  test("who is sanctioned is listed under the name they go by here", () => {
    items({ type: "user.sanctioned", user: "8", kind: "timeout", until: NOW + 60_000 });
    expect(state.moderation.sanctioned.get("8")).toMatchObject({ name: "Bo", kind: "timeout" });
    items({ type: "sanction.lifted", user: "8" });
    expect(state.moderation.sanctioned.size).toBe(0);
  });

  test("a change of one's own role holds at once; others' do not matter", () => {
    items({ type: "staff.changed", user: "9", role: "viewer" });
    expect(state.room.you?.role).toBe("moderator");
    items({ type: "staff.changed", user: "7", role: "viewer" });
    expect(state.room.you?.role).toBe("viewer");
  });

  test("what colleagues did is listed once", () => {
    const acted = { type: "acted", id: "50", action: "hide_comment", by: "9" } as const;
    items(acted);
    items(acted);
    expect(state.moderation.log).toMatchObject([acted]);
    expect(state.moderation.log).toHaveLength(1);
  });

  test("whom it was about stays known when all they said is gone", () => {
    items({ type: "comment.hidden", id: "2" });
    items({ type: "acted", id: "50", action: "comment.hidden", by: "9", user: "8" });
    expect(state.moderation.log[0]?.name).toBe("Bo");
  });

  test("a sanction is named for what it is", () => {
    items({ type: "user.sanctioned", user: "8", kind: "ban" });
    items({ type: "acted", id: "50", action: "user.sanctioned", by: "9", user: "8" });
    expect(state.moderation.log.map(loggedSentence)).toEqual(["banned"]);
  });

  test("what ran out of time was refused by nobody", () => {
    items({ type: "acted", id: "50", action: "hold.closed", user: "8" });
    items({ type: "acted", id: "51", action: "hold.closed", by: "9", user: "8" });
    expect(state.moderation.log.map(loggedSentence)).toEqual([
      "Nobody decided in time",
      "refused a comment",
    ]);
  });
});

describe("a change of modes in the log", () => {
  const acted = (id: number): Item => {
    return { type: "acted", id: String(id), action: "modes.changed", by: "9" };
  };
  const changed = (changes: Partial<Room>): Item => {
    return { type: "room.changed", room: { ...state.room.room, ...changes } };
  };
  const lines = () => state.moderation.log.map(loggedSentence);

  test("says what changed, whichever of the two comes first", () => {
    items(acted(50));
    expect(lines()).toEqual(["changed the modes"]);
    items(changed({ slow_seconds: 30 }));
    items(changed({ closed: true, review: true }));
    items(acted(51));
    expect(lines()).toEqual(["set: Slow mode 30 s", "set: Closed the room, Everything waits"]);
  });

  test("names the panic switch instead of all that it turns", () => {
    items(changed({ panic: true, slow_seconds: 30, delay: 4 }), acted(50));
    expect(lines()).toEqual(["set: Panic switch on"]);
  });
});

test("what moderators tell one is kept until it is put away", () => {
  const items = [
    { type: "you.hidden", id: "1", reason: "Off topic" },
    { type: "you.warned", reason: "Insults" },
    { type: "you.appealed", outcome: "granted" },
  ] as const;
  take({ type: "personal", seq: 11, audience: "public", items: [...items] });
  expect(state.notices.list.map(({ item }) => item)).toEqual(items);
});

test("a muted person is not counted as news", () => {
  const muted = new Map([["8", "Bo"]]);
  state = { ...state, comments: pauseFollowing(setSilenced(state.comments, { muted })) };
  items(said(3, { user: bo }), said(4));
  expect(state.comments.unseen).toBe(1);
  expect(state.comments.entries).toHaveLength(4);
});

describe("one's own actions", () => {
  const action = { type: "hide_comment", id: "2" } as const;
  const pending = {
    ref: "r1",
    action,
    about: { name: "Bo", text: "comment 2" },
    at: NOW,
    state: "pending",
    undo: null,
    code: null,
    undoes: null,
    isUnwanted: false,
  } as const;

  beforeEach(() => {
    state = { ...state, deeds: { list: [pending] } };
  });

  test("are done when the server says so", () => {
    const undo = { type: "restore_comment", id: "2", hidden_by: "60" } as const;
    take({ type: "done", ref: "r1", id: "60", undo });
    expect(state.deeds.list[0]).toMatchObject({ state: "done", undo });
  });

  test("are refused with the reason, and leave one's comments alone", () => {
    take({ type: "error", code: "protected", message: "", ref: "r1" });
    expect(state.deeds.list[0]).toMatchObject({ state: "refused", code: "protected" });
    expect(state.outbox.posts).toEqual([]);
  });
});
