// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import { apply } from "../apply";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import { frame, posted, welcome } from "live-comments-client/testing/messages";
import { BusyNotice } from "./BusyNotice";

const boot = { slug: "demo", user: null } as unknown as Boot;
let store: ViewerStore;

function show(): void {
  const actions = createActions(boot, store, {} as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <BusyNotice />
    </RoomContext>,
  );
}

function arrive(seq: number, shown: number, left_out: number): void {
  const items = posted(...Array.from({ length: shown }, (_, n) => seq * 100 + n));
  act(() => {
    store.setState((state) => apply(state, frame(seq, items, { left_out }), Date.now()));
  });
}

function pass(ms: number): void {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
}

const sentence = () => screen.queryByText(/^Busy room: (showing|nearly)/)?.textContent ?? null;

beforeEach(() => {
  vi.useFakeTimers();
  store = createViewerStore();
  store.setState((state) => apply(state, welcome(), Date.now()));
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("says nothing while everything is shown", () => {
  show();
  arrive(11, 30, 0);
  expect(document.body.textContent).toBe("");
});

test("says what share is shown, and stops when the room is calm again", () => {
  show();
  arrive(11, 2, 6);
  expect(sentence()).toBe("Busy room: showing about 1 in 4 comments");
  pass(3_000);
  arrive(12, 2, 0);
  expect(sentence()).toBe("Busy room: showing about 1 in 3 comments");
  pass(11_000);
  expect(document.body.textContent).toBe("");
});

test("does not call it a share when hardly any is left out", () => {
  show();
  arrive(11, 20, 1);
  expect(sentence()).toBe("Busy room: showing nearly all comments");
});

test("is spoken once: its words do not change with the share", () => {
  show();
  arrive(11, 2, 6);
  const spoken = screen.getByRole("status").textContent;
  expect(spoken).toBe("The room is busy: not every comment is shown.");
  arrive(12, 2, 60);
  expect(screen.getByRole("status").textContent).toBe(spoken);
});

test("does not count what was missed while away", () => {
  store.setState((state) => apply(state, welcome({ resumed: true }), Date.now()));
  show();
  arrive(11, 2, 60);
  expect(sentence()).toBeNull();
});
