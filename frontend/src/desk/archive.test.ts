// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as api from "../api";
import { apply } from "../apply";
import type { Boot } from "../boot";
import type { Item } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import type { Reported, Sanctioned } from "../store/moderation";
import { comment, frame, welcome } from "live-comments-client/testing/messages";
import { followReports, followSanctions } from "./archive";

const boot = { slug: "demo" } as Boot;
const you = { id: "7", name: "Ana", role: "moderator", ticket_expires_at: 0 } as const;
const A_MOMENT = 3_000;

let store: ViewerStore;
let archive: Reported[];
let sanctions: Sanctioned[];
let seq = 10;

const reported = (id: number, reports = 1): Reported => {
  return { comment: comment(id), reasons: ["spam"], reports };
};
const take = (message: Parameters<typeof apply>[1]) =>
  store.setState((state) => apply(state, message, 0));
const items = (...list: Item[]) => take(frame((seq += 1), list, { audience: "staff" }));
const told = (id: number, reports = 1): Item => {
  return { type: "comment.reported", comment: comment(id), reason: "spam", reports };
};
const dismissed = (id: number): Item => {
  return { type: "acted", id: `9${id}`, action: "reports.dismissed", comment: String(id) };
};
const afresh = () => take(welcome({ you, epoch: `e${(seq += 1)}`, recent: [] }));
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const listed = () =>
  [...store.getState().moderation.reported.values()].map((one) => [one.comment.id, one.reports]);
const sanctioned = () => [...store.getState().moderation.sanctioned.keys()];

beforeEach(() => {
  vi.useFakeTimers();
  store = createViewerStore();
  [archive, sanctions, seq] = [[], [], 10];
  vi.spyOn(api, "fetchReports").mockImplementation(() => Promise.resolve(archive));
  vi.spyOn(api, "fetchSanctions").mockImplementation(() => Promise.resolve(sanctions));
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("what is reported, when the room begins afresh", () => {
  beforeEach(async () => {
    archive = [reported(1), reported(2)];
    followReports({ boot, store });
    await wait(0);
    afresh();
    await wait(A_MOMENT);
    items(told(3));
    expect(listed()).toEqual([
      ["1", 1],
      ["2", 1],
      ["3", 1],
    ]);
  });

  test("is read again: what was decided meanwhile leaves, what was reported comes", async () => {
    archive = [reported(2, 4), reported(4)];
    afresh();
    await wait(A_MOMENT);
    expect(listed()).toEqual([
      ["2", 4],
      ["4", 1],
    ]);
  });

  test("stays as the frames have told it since", async () => {
    archive = [reported(1), reported(2), reported(5)];
    afresh();
    items(told(2, 7), told(6), dismissed(1));
    take(frame(99, [{ type: "comment.hidden", id: "5" }]));
    await wait(A_MOMENT);
    expect(listed()).toEqual([
      ["2", 7],
      ["6", 1],
    ]);
  });

  test("is asked for until the archive answers, and is not blanked meanwhile", async () => {
    archive = [reported(3)];
    vi.mocked(api.fetchReports).mockRejectedValueOnce(new Error("reports: 503"));
    afresh();
    await wait(A_MOMENT);
    expect(listed()).toHaveLength(3);
    await wait(15_000);
    expect(listed()).toEqual([["3", 1]]);
  });

  test("stays where the archive lists no more than the oldest", async () => {
    archive = Array.from({ length: 100 }, (_, index) => reported(100 + index));
    afresh();
    await wait(A_MOMENT);
    expect(listed()).toHaveLength(103);
  });

  test("is not read again after a resume", async () => {
    archive = [];
    take(welcome({ you, resumed: true }));
    await wait(A_MOMENT);
    expect(listed()).toHaveLength(3);
  });
});

test("what was decided a moment before the desk was opened leaves when the archive knows", async () => {
  archive = [reported(1), reported(2)];
  followReports({ boot, store });
  afresh(); // before the archive has answered
  await wait(0);
  expect(listed()).toHaveLength(2);
  archive = [reported(2)];
  await wait(A_MOMENT);
  expect(listed()).toEqual([["2", 1]]);
});

test("who is sanctioned is read again when the room begins afresh", async () => {
  const one = { name: "Bo", kind: "ban", until: null, reason: "" } as const;
  sanctions = [{ user: "8", ...one }];
  followSanctions({ boot, store });
  await wait(0);
  afresh();
  await wait(A_MOMENT);
  expect(sanctioned()).toEqual(["8"]);
  sanctions = [{ user: "9", ...one }];
  afresh();
  await wait(A_MOMENT);
  expect(sanctioned()).toEqual(["9"]);
});
