import { beforeEach, describe, expect, test } from "vitest";
import type { ServerMessage } from "./protocol.gen";
import { type LinkStatus, RoomSocket } from "./socket";
import { settled, TestClock } from "./testing/clock";
import { frame, posted, welcome } from "./testing/messages";
import { SocketPair } from "./testing/socketPair";
import type { TicketAnswer } from "./tickets";

const LIFE_MS = 900_000;

let clock: TestClock;
let pairs: SocketPair[];
let messages: ServerMessage[];
let statuses: LinkStatus[];
let gaveUp: string[];
let socket: RoomSocket;
let answers: (() => Promise<TicketAnswer>)[];
let fetches: number;

function ticket(name: string): () => Promise<TicketAnswer> {
  return () =>
    Promise.resolve({ kind: "ticket", ticket: name, expiresAt: clock.now() + LIFE_MS } as const);
}

function make(isSignedIn = true): void {
  socket = new RoomSocket({
    url: "ws://test/ws/",
    stream: "demo",
    clock,
    connect: () => {
      const pair = new SocketPair();
      pairs.push(pair);
      return pair;
    },
    fetchTicket: isSignedIn
      ? () => {
          fetches += 1;
          return (answers.length > 1 ? answers.shift() : answers[0])!();
        }
      : null,
  });
  socket.onMessage((message) => messages.push(message));
  socket.onStatus((status) => statuses.push(status));
  socket.onGaveUp((nonce) => gaveUp.push(nonce));
}

const latest = () => pairs[pairs.length - 1]!;
const you = () =>
  ({ id: "7", name: "Ana", role: "viewer", ticket_expires_at: clock.now() + LIFE_MS }) as const;

/** Opens the latest connection up to its welcome; returns its hello. */
async function join(changes: Parameters<typeof welcome>[0] = {}) {
  latest().accept();
  await settled();
  const [hello] = latest().received();
  latest()
    .queue(welcome({ you: you(), server_time: clock.now(), ...changes }))
    .deliver();
  await settled();
  return hello;
}

beforeEach(() => {
  clock = new TestClock();
  pairs = [];
  messages = [];
  statuses = [];
  gaveUp = [];
  answers = [ticket("T1")];
  fetches = 0;
  make();
});

describe("joining", () => {
  test("says hello with the ticket and no resume the first time", async () => {
    socket.start();
    expect(await join()).toEqual({ type: "hello", version: 1, stream: "demo", ticket: "T1" });
    expect(statuses.at(-1)).toEqual({ state: "open", closeCode: null });
  });

  test("joins as a reader without a ticket when nobody is signed in", async () => {
    make(false);
    socket.start();
    expect(await join({ you: null })).toEqual({ type: "hello", version: 1, stream: "demo" });
  });

  test("joins as a reader when no ticket comes, and again with it once it does", async () => {
    let give: (answer: TicketAnswer) => void = () => undefined;
    answers = [() => new Promise((resolve) => (give = resolve)), ticket("T2")];
    socket.start();
    latest().accept();
    await clock.pass(4_000);
    expect(latest().received()).toEqual([{ type: "hello", version: 1, stream: "demo" }]);
    latest().queue(welcome()).deliver();
    give({ kind: "ticket", ticket: "late", expiresAt: clock.now() + LIFE_MS });
    await settled();
    expect(pairs).toHaveLength(2);
    expect(await join()).toMatchObject({ ticket: "late", resume: { epoch: "e1" } });
  });

  test("fetches a fresh ticket when the one it has is refused, and says hello again", async () => {
    answers = [ticket("old"), ticket("new")];
    socket.start();
    latest().accept();
    await settled();
    latest().received();
    latest().queue({ type: "error", code: "ticket_expired", message: "", ref: "hello" }).deliver();
    await settled();
    expect(latest().received()).toMatchObject([{ type: "hello", ticket: "new" }]);
  });
});

describe("frames", () => {
  test("pass in order, those already seen do not", async () => {
    socket.start();
    await join();
    messages.length = 0;
    latest()
      .queue(frame(11, posted(1)), frame(11, posted(1)), frame(9), frame(12))
      .deliver();
    expect(messages.map((message) => (message.type === "frame" ? message.seq : 0))).toEqual([
      11, 12,
    ]);
  });

  test("a gap reconnects with what was seen, and does not pass", async () => {
    socket.start();
    await join();
    messages.length = 0;
    latest().queue(frame(11), frame(13)).deliver();
    expect(messages).toHaveLength(1);
    expect(pairs[0]!.isClosedByClient).toBe(true);
    await clock.pass(500);
    expect(await join({ resumed: true })).toMatchObject({
      resume: { epoch: "e1", public: { seq: 11, through: "1100" } },
    });
  });

  test("the two audiences are counted apart", async () => {
    socket.start();
    await join({ staff: { seq: 4, through: "1000" } });
    messages.length = 0;
    latest()
      .queue(frame(11), frame(5, [], { audience: "staff" }), frame(12))
      .deliver();
    expect(messages).toHaveLength(3);
    latest().drop();
    await clock.pass(500);
    expect(await join({ resumed: true })).toMatchObject({
      resume: { public: { seq: 12 }, staff: { seq: 5, through: "500" } },
    });
  });

  test("numbers may jump once behind a backfill", async () => {
    socket.start();
    await join();
    latest().drop();
    await clock.pass(500);
    await join({ resumed: true });
    messages.length = 0;
    latest()
      .queue(
        { type: "backfill", audience: "public", through: "4900", items: posted(1) },
        frame(50),
        frame(51),
        { type: "caught_up", comments: 1 },
      )
      .deliver();
    expect(messages).toHaveLength(4);
    latest().queue(frame(53)).deliver();
    expect(messages).toHaveLength(4);
  });

  test("a new welcome starts the numbers again", async () => {
    socket.start();
    await join();
    latest()
      .queue(welcome({ epoch: "e2", public: { seq: 2, through: "9" }, you: you() }), frame(3))
      .deliver();
    expect(messages.at(-1)).toMatchObject({ type: "frame", seq: 3 });
  });

  test("a connection that was replaced is not heard any more", async () => {
    socket.start();
    await join();
    const old = latest();
    old.queue(frame(13)).deliver();
    await clock.pass(500);
    messages.length = 0;
    statuses.length = 0;
    old.queue(frame(14)).deliver();
    old.drop();
    expect(messages).toEqual([]);
    expect(statuses).toEqual([]);
    expect(pairs).toHaveLength(2);
  });
});

describe("coming back", () => {
  test("backs off with full jitter, at most 2 s for the first tries and 30 s for the last", async () => {
    clock.chance = 1;
    socket.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      latest().drop();
      const before = clock.now();
      const count = pairs.length;
      while (pairs.length === count) await clock.pass(250);
      waits.push(clock.now() - before);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test("starts small again only after a connection that lasted", async () => {
    clock.chance = 1;
    socket.start();
    latest().drop();
    await clock.pass(500);
    await join();
    latest().drop();
    await clock.pass(999);
    expect(pairs).toHaveLength(2);
    await clock.pass(1);
    await join();
    await clock.pass(10_000);
    latest().drop();
    await clock.pass(500);
    expect(pairs).toHaveLength(4);
  });

  test.each([4000, 4001, 4002, 4003, 1006, 1012])("close code %i: tries again", async (code) => {
    socket.start();
    await join();
    latest().drop(code);
    expect(statuses.at(-1)).toEqual({ state: "waiting", closeCode: null });
    await clock.pass(500);
    expect(pairs).toHaveLength(2);
  });

  test.each([4100, 4101, 4102, 4103, 4199])("close code %i: stops", async (code) => {
    socket.start();
    await join();
    latest().drop(code);
    expect(statuses.at(-1)).toEqual({ state: "stopped", closeCode: code });
    await clock.pass(60_000);
    expect(pairs).toHaveLength(1);
  });

  test("a bye decides when, and the old connection is read until then", async () => {
    socket.start();
    await join();
    messages.length = 0;
    latest().queue({ type: "bye", reconnect_after_ms: 3_000 }, frame(11)).deliver();
    expect(messages.map(({ type }) => type)).toEqual(["bye", "frame"]);
    await clock.pass(1_000);
    latest().drop(4000);
    await clock.pass(1_999);
    expect(pairs).toHaveLength(1);
    await clock.pass(1);
    expect(pairs).toHaveLength(2);
  });

  test("after a bye posts wait for the next connection", async () => {
    socket.start();
    await join();
    latest().queue({ type: "bye", reconnect_after_ms: 1_000 }).deliver();
    latest().received();
    socket.post({ nonce: "n", text: "hi", replyTo: null });
    expect(latest().received()).toEqual([]);
    await clock.pass(1_000);
    await join({ resumed: true });
    expect(latest().received()).toMatchObject([{ type: "comment.post", nonce: "n" }]);
  });

  test("pings after silence and leaves when nothing answers", async () => {
    socket.start();
    await join();
    await clock.pass(30_000);
    expect(latest().received()).toEqual([{ type: "ping" }]);
    latest().queue({ type: "pong", server_time: clock.now() }).deliver();
    await clock.pass(30_000);
    expect(latest().received()).toEqual([{ type: "ping" }]);
    await clock.pass(8_000);
    expect(pairs[0]!.isClosedByClient).toBe(true);
    await clock.pass(500);
    expect(pairs).toHaveLength(2);
  });

  test("a connection without a welcome is given up", async () => {
    socket.start();
    latest().accept();
    await clock.pass(12_000);
    expect(pairs[0]!.isClosedByClient).toBe(true);
  });

  test("waking tries at once", async () => {
    clock.chance = 1;
    socket.start();
    latest().drop();
    socket.wake();
    expect(pairs).toHaveLength(2);
  });
});

describe("posts", () => {
  const post = { nonce: "n1", text: "hello", replyTo: null };
  const sent = { type: "comment.post", nonce: "n1", text: "hello" };
  const comment = { id: "5", user: { id: "7", name: "Ana" }, text: "hello", at: 1 };

  test("are sent once while the answer is on its way, and again under the same nonce after a drop", async () => {
    socket.start();
    await join();
    socket.post(post);
    expect(latest().received()).toEqual([sent]);
    await clock.pass(5_000);
    expect(latest().received()).toEqual([]);
    latest().drop();
    await clock.pass(500);
    await join({ resumed: true });
    expect(latest().received()).toEqual([sent]);
    latest().queue({ type: "comment.accepted", nonce: "n1", comment }).deliver();
    latest().drop();
    await clock.pass(1_000);
    await join({ resumed: true });
    expect(latest().received()).toEqual([]);
  });

  test("wait for a connection", async () => {
    socket.start();
    socket.post(post);
    await join();
    expect(latest().received()).toEqual([sent]);
  });

  test.each(["busy", "unavailable", "too_many_pending"] as const)(
    "%s: sent again under the same nonce, without telling the page",
    async (code) => {
      socket.start();
      await join();
      socket.post(post);
      latest().received();
      messages.length = 0;
      latest()
        .queue({ type: "error", code, message: "", ref: "n1", retry_after_ms: 2_000 })
        .deliver();
      expect(messages).toEqual([]);
      await clock.pass(2_499);
      expect(latest().received()).toEqual([]);
      await clock.pass(1);
      expect(latest().received()).toEqual([sent]);
    },
  );

  test("other refusals reach the page and end it", async () => {
    socket.start();
    await join();
    socket.post(post);
    latest().queue({ type: "error", code: "slow_mode", message: "", ref: "n1" }).deliver();
    expect(messages.at(-1)).toMatchObject({ type: "error", code: "slow_mode" });
    latest().received();
    latest().drop();
    await clock.pass(500);
    await join({ resumed: true });
    expect(latest().received()).toEqual([]);
  });

  test("are given up after five minutes", async () => {
    socket.start();
    await join();
    socket.post(post);
    for (let minute = 0; minute < 5; minute += 1) {
      expect(gaveUp).toEqual([]);
      await clock.pass(60_000);
    }
    expect(gaveUp).toEqual(["n1"]);
  });

  test("an expired ticket is replaced before the post goes out again", async () => {
    answers = [ticket("T1"), ticket("T2")];
    socket.start();
    await join();
    socket.post(post);
    latest().received();
    messages.length = 0;
    latest().queue({ type: "error", code: "ticket_expired", message: "", ref: "n1" }).deliver();
    await settled();
    expect(await join({ resumed: true })).toMatchObject({ ticket: "T2" });
    expect(latest().received()).toEqual([sent]);
    expect(messages.some(({ type }) => type === "error")).toBe(false);
  });

  test("someone who was signed out is told so", async () => {
    answers = [ticket("T1"), () => Promise.resolve({ kind: "signed_out" })];
    socket.start();
    await join();
    socket.post(post);
    latest().queue({ type: "error", code: "ticket_revoked", message: "", ref: "n1" }).deliver();
    await settled();
    expect(messages.at(-1)).toMatchObject({ code: "sign_in_required", ref: "n1" });
  });

  test("no more than the server takes are under way at once", async () => {
    socket.start();
    await join();
    for (let n = 0; n < 25; n += 1) {
      socket.post({ nonce: `n${n}`, text: "x", replyTo: null });
    }
    expect(latest().received()).toHaveLength(20);
    latest().queue({ type: "comment.accepted", nonce: "n0", comment }).deliver();
    expect(latest().received()).toMatchObject([{ nonce: "n20" }]);
  });
});

describe("tickets", () => {
  test("are renewed over the open socket before they end", async () => {
    socket.start();
    await join();
    await clock.pass(30_000);
    latest().received();
    const half = LIFE_MS * 0.75 - 30_000;
    for (let left = half; left > 0; left -= 5_000) {
      latest().queue({ type: "pong", server_time: clock.now() }).deliver();
      await clock.pass(Math.min(5_000, left));
    }
    expect(latest().received()).toEqual([{ type: "ticket.renew", ticket: "T1" }]);
    latest()
      .queue({ type: "ticket", ticket: "T2", expires_at: clock.now() + LIFE_MS })
      .deliver();
    latest().drop();
    await clock.pass(500);
    expect(await join({ resumed: true })).toMatchObject({ ticket: "T2" });
    expect(fetches).toBe(1);
  });

  test("come by HTTP when the socket will not renew, and go to the socket", async () => {
    answers = [ticket("T1"), ticket("T2")];
    socket.start();
    await join({ you: { ...you(), ticket_expires_at: clock.now() + 20_000 } });
    await clock.pass(15_000);
    latest().received();
    latest()
      .queue({ type: "error", code: "ticket_expired", message: "", ref: "ticket.renew" })
      .deliver();
    await settled();
    expect(fetches).toBe(2);
    expect(latest().received()).toEqual([{ type: "ticket.renew", ticket: "T2" }]);
  });

  test("a revoked one ends with a fresh hello", async () => {
    answers = [ticket("T1"), ticket("T2")];
    socket.start();
    await join();
    latest().queue({ type: "error", code: "ticket_revoked", message: "" }).deliver();
    latest().drop(4000);
    await clock.pass(500);
    expect(await join({ resumed: true })).toMatchObject({ ticket: "T2" });
  });

  test("a server that is away is asked again, with patience", async () => {
    let failures = 0;
    answers = [
      () => {
        failures += 1;
        return failures < 3 ? Promise.reject(new Error("503")) : ticket("T9")();
      },
    ];
    socket.start();
    expect(await join({ you: null })).not.toHaveProperty("ticket");
    await clock.pass(5_000);
    expect(await join()).toMatchObject({ ticket: "T9" });
  });
});
