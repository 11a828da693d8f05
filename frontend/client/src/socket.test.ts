import { beforeEach, describe, expect, test, vi } from "vitest";
import { RoomSocket } from "./socket";
import { settled } from "./testing/clock";
import { frame, posted, welcome } from "./testing/messages";
import { TestRoom, TICKET_LIFE_MS } from "./testing/room";
import type { TicketAnswer } from "./tickets";

let room: TestRoom;

beforeEach(() => {
  room = new TestRoom();
});

describe("joining", () => {
  test("says hello with the ticket and no resume the first time", async () => {
    room.socket.start();
    expect(await room.join()).toEqual({ type: "hello", version: 1, stream: "demo", ticket: "T1" });
    expect(room.statuses.at(-1)).toEqual({ state: "open", closeCode: null, retryAt: null });
  });

  test("joins as a reader without a ticket when nobody is signed in", async () => {
    room = new TestRoom(false);
    room.socket.start();
    expect(await room.join({ you: null })).toEqual({ type: "hello", version: 1, stream: "demo" });
  });

  test("joins as a reader when no ticket comes, and again with it once it does", async () => {
    let give: (answer: TicketAnswer) => void = () => undefined;
    room.answers = [() => new Promise((resolve) => (give = resolve)), room.ticket("T2")];
    room.socket.start();
    room.latest.accept();
    await room.clock.pass(4_000);
    expect(room.latest.received()).toEqual([{ type: "hello", version: 1, stream: "demo" }]);
    room.latest.queue(welcome()).deliver();
    give({ kind: "ticket", ticket: "late", expiresAt: room.clock.now() + TICKET_LIFE_MS });
    await settled();
    expect(room.pairs).toHaveLength(2);
    expect(await room.join()).toMatchObject({ ticket: "late", resume: { epoch: "e1" } });
  });

  test("fetches a fresh ticket when the one it has is refused, and says hello again", async () => {
    room.answers = [room.ticket("old"), room.ticket("new")];
    room.socket.start();
    room.latest.accept();
    await settled();
    room.latest.received();
    room.latest
      .queue({ type: "error", code: "ticket_expired", message: "", ref: "hello" })
      .deliver();
    await settled();
    expect(room.latest.received()).toMatchObject([{ type: "hello", ticket: "new" }]);
  });
});

describe("frames", () => {
  test("pass in order, those already seen do not", async () => {
    room.socket.start();
    await room.join();
    room.messages.length = 0;
    room.latest.queue(frame(11, posted(1)), frame(11, posted(1)), frame(9), frame(12)).deliver();
    expect(room.messages.map((message) => (message.type === "frame" ? message.seq : 0))).toEqual([
      11, 12,
    ]);
  });

  test("a gap reconnects with what was seen, and does not pass", async () => {
    room.socket.start();
    await room.join();
    room.messages.length = 0;
    room.latest.queue(frame(11), frame(13)).deliver();
    expect(room.messages).toHaveLength(1);
    expect(room.pairs[0]!.isClosedByClient).toBe(true);
    await room.clock.pass(500);
    expect(await room.join({ resumed: true })).toMatchObject({
      resume: { epoch: "e1", public: { seq: 11, through: "1100" } },
    });
  });

  test("the two audiences are counted apart", async () => {
    room.socket.start();
    await room.join({ staff: { seq: 4, through: "1000" } });
    room.messages.length = 0;
    room.latest.queue(frame(11), frame(5, [], { audience: "staff" }), frame(12)).deliver();
    expect(room.messages).toHaveLength(3);
    room.latest.drop();
    await room.clock.pass(500);
    expect(await room.join({ resumed: true })).toMatchObject({
      resume: { public: { seq: 12 }, staff: { seq: 5, through: "500" } },
    });
  });

  test("numbers may jump once behind a backfill", async () => {
    room.socket.start();
    await room.join();
    room.latest.drop();
    await room.clock.pass(500);
    await room.join({ resumed: true });
    room.messages.length = 0;
    room.latest
      .queue(
        { type: "backfill", audience: "public", through: "4900", items: posted(1) },
        frame(50),
        frame(51),
        { type: "caught_up", comments: 1 },
      )
      .deliver();
    expect(room.messages).toHaveLength(4);
    room.latest.queue(frame(53)).deliver();
    expect(room.messages).toHaveLength(4);
  });

  test("the archive's parts are told together, and asked for again when cut off", async () => {
    const part = (number: number, more: boolean) =>
      ({
        type: "backfill",
        audience: "public",
        through: "4900",
        items: posted(number),
        more,
      }) as const;
    room.socket.start();
    await room.join();
    room.latest.drop();
    await room.clock.pass(500);
    const before = await room.join({ resumed: true });
    room.messages.length = 0;
    room.latest.queue(part(1, true)).deliver();
    expect(room.messages).toHaveLength(0);
    room.latest.drop();
    await room.clock.pass(5_000);
    const again = await room.join({ resumed: true });
    expect(again).toMatchObject({ resume: { public: { seq: 10 } } });
    expect(again).toEqual(before);
    room.messages.length = 0;
    room.latest.queue(part(1, true), part(2, false)).deliver();
    expect(room.messages).toEqual([part(1, true), part(2, false)]);
    room.latest.drop();
    await room.clock.pass(5_000);
    const last = await room.join({ resumed: true });
    expect(last).toMatchObject({ resume: { public: { through: "4900" } } });
  });

  test("nothing is said on a connection that is about to close", async () => {
    room.socket.start();
    await room.join();
    room.latest.received();
    room.latest.readyState = 2;
    room.socket.react("like", 1);
    expect(room.latest.received()).toEqual([]);
  });

  test("a new welcome starts the numbers again", async () => {
    room.socket.start();
    await room.join();
    room.latest
      .queue(welcome({ epoch: "e2", public: { seq: 2, through: "9" }, you: room.you }), frame(3))
      .deliver();
    expect(room.messages.at(-1)).toMatchObject({ type: "frame", seq: 3 });
  });

  test("a connection that was replaced is not heard any more", async () => {
    room.socket.start();
    await room.join();
    const old = room.latest;
    old.queue(frame(13)).deliver();
    await room.clock.pass(500);
    room.messages.length = 0;
    room.statuses.length = 0;
    old.queue(frame(14)).deliver();
    old.drop();
    expect(room.messages).toEqual([]);
    expect(room.statuses).toEqual([]);
    expect(room.pairs).toHaveLength(2);
  });
});

describe("coming back", () => {
  test("backs off with full jitter, at most 2 s for the first tries and 30 s for the last", async () => {
    room.clock.chance = 1;
    room.socket.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      room.latest.drop();
      const before = room.clock.now();
      const count = room.pairs.length;
      while (room.pairs.length === count) await room.clock.pass(250);
      waits.push(room.clock.now() - before);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test("says when a draining server's page comes back, whatever the back-off", async () => {
    room.socket.start();
    await room.join();
    const retryAt = room.clock.now() + 1_500;
    room.latest.queue({ type: "bye", reconnect_after_ms: 1_500 }).deliver();
    room.latest.drop(4001);
    expect(room.statuses.at(-1)).toEqual({ state: "waiting", closeCode: null, retryAt });
  });

  test("starts small again only after a connection that lasted", async () => {
    room.clock.chance = 1;
    room.socket.start();
    room.latest.drop();
    await room.clock.pass(500);
    await room.join();
    room.latest.drop();
    await room.clock.pass(999);
    expect(room.pairs).toHaveLength(2);
    await room.clock.pass(1);
    await room.join();
    await room.clock.pass(10_000);
    room.latest.drop();
    await room.clock.pass(500);
    expect(room.pairs).toHaveLength(4);
  });

  test.each([4000, 4001, 4002, 4003, 1006, 1012])("close code %i: tries again", async (code) => {
    room.socket.start();
    await room.join();
    room.latest.drop(code);
    const retryAt = room.clock.now() + 250; // half of the first wait
    expect(room.statuses.at(-1)).toEqual({ state: "waiting", closeCode: null, retryAt });
    await room.clock.pass(500);
    expect(room.pairs).toHaveLength(2);
  });

  test.each([4100, 4101, 4102, 4103, 4199])("close code %i: stops", async (code) => {
    room.socket.start();
    await room.join();
    room.latest.drop(code);
    expect(room.statuses.at(-1)).toEqual({ state: "stopped", closeCode: code, retryAt: null });
    await room.clock.pass(60_000);
    expect(room.pairs).toHaveLength(1);
  });

  test("a bye decides when, and the old connection is read until then", async () => {
    room.socket.start();
    await room.join();
    room.messages.length = 0;
    room.latest.queue({ type: "bye", reconnect_after_ms: 3_000 }, frame(11)).deliver();
    expect(room.messages.map(({ type }) => type)).toEqual(["bye", "frame"]);
    await room.clock.pass(1_000);
    room.latest.drop(4000);
    await room.clock.pass(1_999);
    expect(room.pairs).toHaveLength(1);
    await room.clock.pass(1);
    expect(room.pairs).toHaveLength(2);
  });

  test("after a bye posts wait for the next connection", async () => {
    room.socket.start();
    await room.join();
    room.latest.queue({ type: "bye", reconnect_after_ms: 1_000 }).deliver();
    room.latest.received();
    room.socket.post({ nonce: "n", text: "hi", replyTo: null });
    expect(room.latest.received()).toEqual([]);
    await room.clock.pass(1_000);
    await room.join({ resumed: true });
    expect(room.latest.received()).toMatchObject([{ type: "comment.post", nonce: "n" }]);
  });

  test("pings after silence and leaves when nothing answers", async () => {
    room.socket.start();
    await room.join();
    await room.clock.pass(30_000);
    expect(room.latest.received()).toEqual([{ type: "ping" }]);
    room.latest.queue({ type: "pong", server_time: room.clock.now() }).deliver();
    await room.clock.pass(30_000);
    expect(room.latest.received()).toEqual([{ type: "ping" }]);
    await room.clock.pass(8_000);
    expect(room.pairs[0]!.isClosedByClient).toBe(true);
    await room.clock.pass(500);
    expect(room.pairs).toHaveLength(2);
  });

  test("a connection without a welcome is given up", async () => {
    room.socket.start();
    room.latest.accept();
    await room.clock.pass(12_000);
    expect(room.pairs[0]!.isClosedByClient).toBe(true);
  });

  test("waking tries at once", () => {
    room.clock.chance = 1;
    room.socket.start();
    room.latest.drop();
    room.socket.wake();
    expect(room.pairs).toHaveLength(2);
  });

  test("a browser that forbids the connection is asked again later", async () => {
    const connect = vi.fn(() => {
      throw new DOMException("forbidden", "SecurityError");
    });
    const { clock } = room;
    const socket = new RoomSocket({ url: "", stream: "demo", connect, fetchTicket: null, clock });
    const states: string[] = [];
    socket.onStatus(({ state }) => states.push(state));
    socket.start();
    expect(states.at(-1)).toBe("waiting");
    await clock.pass(60_000);
    expect(connect.mock.calls.length).toBeGreaterThan(1);
    socket.stop();
  });
});
