// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  bringBackChat,
  leaveTheatre,
  passing,
  popOut,
  shape,
  showChat,
  toggleTheatre,
} from "./shape";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  bringBackChat();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the theatre and a hidden chat are remembered apart", () => {
  toggleTheatre();
  showChat(false);
  expect(shape.store.getState()).toEqual({ stage: "theatre", chat: "hidden" });
  expect(JSON.parse(window.localStorage.getItem("shape")!)).toEqual(shape.store.getState());
  leaveTheatre();
  showChat(true);
  expect(shape.store.getState()).toEqual({ stage: "page", chat: "shown" });
});

test("the chat is away for as long as its own window is open", () => {
  const other = { closed: false, focus: vi.fn(), close: vi.fn() };
  vi.spyOn(window, "open").mockReturnValue(other as unknown as Window);
  popOut("/s/demo/chat/", "demo");
  vi.advanceTimersByTime(5_000);
  expect(passing.getState().isPoppedOut).toBe(true);
  other.closed = true;
  vi.advanceTimersByTime(500);
  expect(passing.getState().isPoppedOut).toBe(false);
});

test("the chat that is brought back closes its window", () => {
  const other = { closed: false, focus: vi.fn(), close: vi.fn() };
  vi.spyOn(window, "open").mockReturnValue(other as unknown as Window);
  popOut("/s/demo/chat/", "demo");
  bringBackChat();
  expect(other.close).toHaveBeenCalledTimes(1);
  expect(passing.getState().isPoppedOut).toBe(false);
});

test("the chat stays where windows are forbidden", () => {
  vi.spyOn(window, "open").mockReturnValue(null);
  popOut("/s/demo/chat/", "demo");
  expect(passing.getState().isPoppedOut).toBe(false);
});
