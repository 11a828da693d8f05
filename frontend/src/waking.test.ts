// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onWake } from "./waking";

const wake = vi.fn();
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  wake.mockClear();
  stop = onWake(wake);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

test("wakes when the network goes or is back and when the page is looked at again", () => {
  window.dispatchEvent(new Event("offline"));
  window.dispatchEvent(new Event("online"));
  document.dispatchEvent(new Event("visibilitychange"));
  expect(wake).toHaveBeenCalledTimes(3);
});

test("wakes when the page comes out of the browser's store, not when it is first shown", () => {
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  expect(wake).not.toHaveBeenCalled();
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(wake).toHaveBeenCalledTimes(1);
});

test("wakes when far more time has passed than was waited for, once", () => {
  vi.advanceTimersByTime(60_000);
  expect(wake).not.toHaveBeenCalled();
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(20_000);
  expect(wake).toHaveBeenCalledTimes(1);
});

test("stays quiet after its end", () => {
  stop();
  window.dispatchEvent(new Event("online"));
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(20_000);
  expect(wake).not.toHaveBeenCalled();
});
