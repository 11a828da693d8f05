import { expect, test } from "vitest";
import { formatRemaining, formatWait } from "./waits";

test("waits, rounded up so that nobody comes too early", () => {
  expect(formatWait(12)).toBe("12 s");
  expect(formatWait(91)).toBe("2 min");
  expect(formatWait(7_201)).toBe("3 h");
  expect(formatWait(200_000)).toBe("3 days");
});

test("what is left, by the clock in the last hour", () => {
  expect(formatRemaining(75)).toBe("1:15");
  expect(formatRemaining(7_200)).toBe("2 h");
});
