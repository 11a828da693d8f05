// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RoomActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import { createViewerStore, type ViewerStore } from "../store";
import type { ConnectionState as Connection } from "../store/connection";
import { ConnectionState } from "./ConnectionState";

const reconnect = vi.fn();
let store: ViewerStore;

function become(change: Partial<Connection>): void {
  act(() => {
    store.setState(({ connection }) => ({ connection: { ...connection, ...change } }));
  });
}

function pass(ms: number): void {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
}

const spoken = () => screen.getByRole("status").textContent;
const button = () => screen.queryByRole("button");

beforeEach(() => {
  vi.useFakeTimers();
  reconnect.mockClear();
  store = createViewerStore();
  become({ link: "open", hasJoined: true });
  render(
    <RoomContext
      value={{ boot: {} as Boot, store, actions: { reconnect } as unknown as RoomActions }}
    >
      <ConnectionState />
    </RoomContext>,
  );
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("says nothing while all is well, nor of a break too short to read of", () => {
  expect(spoken()).toBe("");
  become({ link: "waiting", retryAt: Date.now() + 300 });
  pass(300);
  become({ link: "open", retryAt: null });
  pass(5_000);
  expect(spoken()).toBe("");
});

test("a short wait is not worth ending", () => {
  become({ link: "waiting", retryAt: Date.now() + 2_000 });
  pass(700);
  expect(spoken()).toBe("Reconnecting…");
  expect(button()).toBeNull();
});

test("a long wait shows its seconds to the eye alone, and can be ended to its last", () => {
  become({ link: "waiting", retryAt: Date.now() + 8_000 });
  pass(1_000);
  expect(spoken()).toBe("Reconnecting…");
  expect(screen.getByText("in 7 s").getAttribute("aria-hidden")).toBe("true");
  pass(6_000);
  expect(screen.getByText("in 1 s")).toBeTruthy();
  expect(spoken()).toBe("Reconnecting…");
  fireEvent.click(button()!);
  expect(reconnect).toHaveBeenCalledTimes(1);
  become({ link: "connecting", retryAt: null });
  expect(button()).toBeNull();
  expect(spoken()).toBe("Reconnecting…");
});

test("without a network it says so, without a button that could not help", () => {
  vi.spyOn(window.navigator, "onLine", "get").mockReturnValue(false);
  become({ link: "waiting", retryAt: Date.now() + 8_000 });
  pass(1_000);
  expect(spoken()).toBe("You are offline. Comments will come when you are back.");
  expect(button()).toBeNull();
});

test("catching up is told once it takes a while, and then what was caught up, for a while", () => {
  become({ isCatchingUp: true });
  expect(spoken()).toBe("");
  pass(700);
  expect(spoken()).toBe("Catching up…");
  become({ isCatchingUp: false, comeback: { comments: 84, count: 1 } });
  expect(spoken()).toBe("Caught up: 84 comments");
  pass(4_000);
  expect(spoken()).toBe("");
});

test("what has ended says why, and how to go on", () => {
  become({ link: "stopped", closeCode: 4102 });
  expect(spoken()).not.toBe("");
  expect(button()!.textContent).toBe("Try again");
});
