import { beforeEach, expect, test } from "vitest";
import { settled } from "./testing/clock";
import { TestRoom } from "./testing/room";

const action = { type: "hide_comment", id: "5" } as const;
const refusal = { type: "error", message: "", ref: "r1" } as const;

let room: TestRoom;
let lost: string[];

beforeEach(async () => {
  room = new TestRoom();
  lost = [];
  room.socket.onActLost((ref) => lost.push(ref));
  room.socket.start();
  await room.join();
  room.messages.length = 0;
});

test("an action is sent once, and its answer passes", async () => {
  expect(room.socket.act("r1", action)).toBe(true);
  expect(room.latest.received()).toEqual([{ type: "act", ref: "r1", action }]);
  room.latest.queue({ type: "done", ref: "r1", id: "9" }).deliver();
  expect(room.messages).toEqual([{ type: "done", ref: "r1", id: "9" }]);
  await room.clock.pass(20_000);
  expect(lost).toEqual([]);
});

test("a refusal passes, and is the end of it", async () => {
  room.socket.act("r1", action);
  room.latest.queue({ ...refusal, code: "protected" }).deliver();
  expect(room.messages).toMatchObject([{ type: "error", code: "protected", ref: "r1" }]);
  await room.clock.pass(20_000);
  expect(lost).toEqual([]);
});

test("a refused ticket is replaced, and whoever acted is told", async () => {
  room.answers = [room.ticket("T2")];
  room.socket.act("r1", action);
  room.latest.queue({ ...refusal, code: "ticket_expired" }).deliver();
  await settled();
  expect(room.messages).toMatchObject([{ type: "error", ref: "r1" }]);
  expect(room.fetches).toBe(2);
});

test("what was not answered when the connection broke is lost, and not sent again", async () => {
  room.socket.act("r1", action);
  room.latest.drop();
  expect(lost).toEqual(["r1"]);
  await room.clock.pass(1_000);
  await room.join({ resumed: true });
  expect(room.latest.received()).toEqual([]);
});

test("what is not answered at all is lost after a while", async () => {
  room.socket.act("r1", action);
  await room.clock.pass(9_999);
  expect(lost).toEqual([]);
  await room.clock.pass(1);
  expect(lost).toEqual(["r1"]);
});

test("without a connection, or with one that is about to end, nothing is sent", () => {
  room.latest.queue({ type: "bye", reconnect_after_ms: 1_000 }).deliver();
  room.latest.received();
  expect(room.socket.act("r1", action)).toBe(false);
  expect(room.latest.received()).toEqual([]);
  room.latest.drop();
  expect(room.socket.act("r1", action)).toBe(false);
});
