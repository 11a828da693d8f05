import { beforeEach, describe, expect, test } from "vitest";
import { settled } from "./testing/clock";
import { TestRoom } from "./testing/room";

let room: TestRoom;

beforeEach(() => {
  room = new TestRoom();
});

describe("posts", () => {
  const post = { nonce: "n1", text: "hello", replyTo: null };
  const sent = { type: "comment.post", nonce: "n1", text: "hello" };
  const comment = { id: "5", user: { id: "7", name: "Ana" }, text: "hello", at: 1 };

  test("are sent once while the answer is on its way, and again under the same nonce after a drop", async () => {
    room.socket.start();
    await room.join();
    room.socket.post(post);
    expect(room.latest.received()).toEqual([sent]);
    await room.clock.pass(5_000);
    expect(room.latest.received()).toEqual([]);
    room.latest.drop();
    await room.clock.pass(500);
    await room.join({ resumed: true });
    expect(room.latest.received()).toEqual([sent]);
    room.latest.queue({ type: "comment.accepted", nonce: "n1", comment }).deliver();
    room.latest.drop();
    await room.clock.pass(1_000);
    await room.join({ resumed: true });
    expect(room.latest.received()).toEqual([]);
  });

  test("wait for a connection", async () => {
    room.socket.start();
    room.socket.post(post);
    await room.join();
    expect(room.latest.received()).toEqual([sent]);
  });

  test.each(["busy", "unavailable", "too_many_pending"] as const)(
    "%s: sent again under the same nonce, without telling the page",
    async (code) => {
      room.socket.start();
      await room.join();
      room.socket.post(post);
      room.latest.received();
      room.messages.length = 0;
      room.latest
        .queue({ type: "error", code, message: "", ref: "n1", retry_after_ms: 2_000 })
        .deliver();
      expect(room.messages).toEqual([]);
      await room.clock.pass(2_499);
      expect(room.latest.received()).toEqual([]);
      await room.clock.pass(1);
      expect(room.latest.received()).toEqual([sent]);
    },
  );

  test("other refusals reach the page and end it", async () => {
    room.socket.start();
    await room.join();
    room.socket.post(post);
    room.latest.queue({ type: "error", code: "slow_mode", message: "", ref: "n1" }).deliver();
    expect(room.messages.at(-1)).toMatchObject({ type: "error", code: "slow_mode" });
    room.latest.received();
    room.latest.drop();
    await room.clock.pass(500);
    await room.join({ resumed: true });
    expect(room.latest.received()).toEqual([]);
  });

  test("are given up after five minutes", async () => {
    room.socket.start();
    await room.join();
    room.socket.post(post);
    for (let minute = 0; minute < 5; minute += 1) {
      expect(room.gaveUp).toEqual([]);
      await room.clock.pass(60_000);
    }
    expect(room.gaveUp).toEqual(["n1"]);
  });

  test("are given up, not sent again, after a sleep longer than their nonce is kept", async () => {
    room.socket.start();
    await room.join();
    room.socket.post(post);
    room.latest.received();
    room.clock.sleep(660_000);
    await room.rejoin();
    expect(room.latest.received()).toEqual([]);
    expect(room.gaveUp).toEqual(["n1"]);
    await room.clock.pass(600_000);
    expect(room.gaveUp).toEqual(["n1"]);
  });

  test("are given up at once when the machine wakes", async () => {
    room.socket.start();
    await room.join();
    room.socket.post(post);
    room.clock.sleep(299_000);
    room.socket.wake();
    expect(room.gaveUp).toEqual([]);
    room.clock.sleep(1_000);
    room.socket.wake();
    expect(room.gaveUp).toEqual(["n1"]);
  });

  test("that were written before are sent no longer than their nonce is kept", async () => {
    room.socket.start();
    room.socket.post({ ...post, writtenAt: room.clock.now() - 500_000 });
    await room.join();
    expect(room.latest.received()).toEqual([sent]);
    await room.clock.pass(99_000);
    expect(room.gaveUp).toEqual([]);
    await room.clock.pass(1_000);
    expect(room.gaveUp).toEqual(["n1"]);
  });

  test("an expired ticket is replaced before the post goes out again", async () => {
    room.answers = [room.ticket("T1"), room.ticket("T2")];
    room.socket.start();
    await room.join();
    room.socket.post(post);
    room.latest.received();
    room.messages.length = 0;
    room.latest.queue({ type: "error", code: "ticket_expired", message: "", ref: "n1" }).deliver();
    await settled();
    expect(await room.join({ resumed: true })).toMatchObject({ ticket: "T2" });
    expect(room.latest.received()).toEqual([sent]);
    expect(room.messages.some(({ type }) => type === "error")).toBe(false);
  });

  test("someone who was signed out is told so", async () => {
    room.answers = [room.ticket("T1"), () => Promise.resolve({ kind: "signed_out" })];
    room.socket.start();
    await room.join();
    room.socket.post(post);
    room.latest.queue({ type: "error", code: "ticket_revoked", message: "", ref: "n1" }).deliver();
    await settled();
    expect(room.messages.at(-1)).toMatchObject({ code: "sign_in_required", ref: "n1" });
  });

  test("no more than the server takes are under way at once", async () => {
    room.socket.start();
    await room.join();
    for (let n = 0; n < 25; n += 1) {
      room.socket.post({ nonce: `n${n}`, text: "x", replyTo: null });
    }
    expect(room.latest.received()).toHaveLength(20);
    room.latest.queue({ type: "comment.accepted", nonce: "n0", comment }).deliver();
    expect(room.latest.received()).toMatchObject([{ nonce: "n20" }]);
  });
});
