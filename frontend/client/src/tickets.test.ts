import { beforeEach, describe, expect, test } from "vitest";
import { settled } from "./testing/clock";
import { TestRoom, TICKET_LIFE_MS } from "./testing/room";

let room: TestRoom;

beforeEach(() => {
  room = new TestRoom();
});

describe("tickets", () => {
  test("are renewed over the open socket before they end", async () => {
    room.socket.start();
    await room.join();
    await room.clock.pass(30_000);
    room.latest.received();
    const half = TICKET_LIFE_MS * 0.75 - 30_000;
    for (let left = half; left > 0; left -= 5_000) {
      room.latest.queue({ type: "pong", server_time: room.clock.now() }).deliver();
      await room.clock.pass(Math.min(5_000, left));
    }
    expect(room.latest.received()).toEqual([{ type: "ticket.renew", ticket: "T1" }]);
    room.latest
      .queue({ type: "ticket", ticket: "T2", expires_at: room.clock.now() + TICKET_LIFE_MS })
      .deliver();
    room.latest.drop();
    await room.clock.pass(500);
    expect(await room.join({ resumed: true })).toMatchObject({ ticket: "T2" });
    expect(room.fetches).toBe(1);
  });

  test("come by HTTP when the socket will not renew, and go to the socket", async () => {
    room.answers = [room.ticket("T1"), room.ticket("T2")];
    room.socket.start();
    await room.join({ you: { ...room.you, ticket_expires_at: room.clock.now() + 20_000 } });
    await room.clock.pass(15_000);
    room.latest.received();
    room.latest
      .queue({ type: "error", code: "ticket_expired", message: "", ref: "ticket.renew" })
      .deliver();
    await settled();
    expect(room.fetches).toBe(2);
    expect(room.latest.received()).toEqual([{ type: "ticket.renew", ticket: "T2" }]);
  });

  test("a revoked one ends with a fresh hello", async () => {
    room.answers = [room.ticket("T1"), room.ticket("T2")];
    room.socket.start();
    await room.join();
    room.latest.queue({ type: "error", code: "ticket_revoked", message: "" }).deliver();
    room.latest.drop(4000);
    await room.clock.pass(500);
    expect(await room.join({ resumed: true })).toMatchObject({ ticket: "T2" });
  });

  test("a server that is away is asked again, with patience", async () => {
    let failures = 0;
    room.answers = [
      () => {
        failures += 1;
        return failures < 3 ? Promise.reject(new Error("503")) : room.ticket("T9")();
      },
    ];
    room.socket.start();
    expect(await room.join({ you: null })).not.toHaveProperty("ticket");
    await room.clock.pass(5_000);
    expect(await room.join()).toMatchObject({ ticket: "T9" });
  });
});
