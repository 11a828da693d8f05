// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import { apply } from "../apply";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { Announcement as Announced, RoomSocket } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import { frame, room, welcome } from "live-comments-client/testing/messages";
import { Announcement } from "./Announcement";

const NOW = 1_800_000_000_000; // the server's, as in the welcome
const SKEW = 90_000; // this device is late

const boot = { slug: "demo", user: null } as unknown as Boot;
const first: Announced = { id: "500", text: "We begin late", at: NOW, by: { id: "1", name: "Mo" } };
let store: ViewerStore;
let seq = 10;

function show(): void {
  const actions = createActions(boot, store, {} as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <Announcement />
    </RoomContext>,
  );
}

function announce(announcement: Announced | null): void {
  seq += 1;
  const item = { type: "room.changed", room: { ...room, announcement } } as const;
  act(() => {
    store.setState((state) => apply(state, frame(seq, [item]), Date.now()));
  });
}

function pass(ms: number): void {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
}

const said = () => document.body.textContent;
const dismiss = () => fireEvent.click(screen.getByRole("button", { name: /^Dismiss/ }));

beforeEach(() => {
  vi.useFakeTimers({ now: NOW - SKEW });
  window.localStorage.clear();
  store = createViewerStore();
  store.setState((state) => apply(state, welcome(), Date.now()));
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("is shown with whose it is", () => {
  show();
  expect(said()).toBe("");
  announce({ ...first, by: { id: "1", name: "Mo", role: "moderator" } });
  expect(said()).toBe("MoMod We begin late");
});

test("its addresses can be followed", () => {
  show();
  announce({ ...first, text: "We go on at https://example.org/next" });
  expect(screen.getByRole("link").getAttribute("href")).toBe("https://example.org/next");
});

test("goes when it is taken away", () => {
  show();
  announce(first);
  announce(null);
  expect(said()).toBe("");
});

test("is over by the server's clock, not by this device's", () => {
  show();
  announce({ ...first, until: NOW + 60_000 });
  pass(59_000);
  expect(said()).toContain("We begin late");
  pass(1_500);
  expect(said()).toBe("");
});

test("one that was over before it came is not shown", () => {
  show();
  announce({ ...first, until: NOW - 1 });
  expect(said()).toBe("");
});

test("dismissed, it stays away until the next, also over a reload", () => {
  show();
  announce(first);
  dismiss();
  expect(said()).toBe("");
  announce({ ...first });
  expect(said()).toBe("");

  cleanup();
  show();
  expect(said()).toBe("");
  announce({ ...first, id: "501", text: "We have begun" });
  expect(said()).toContain("We have begun");
});
