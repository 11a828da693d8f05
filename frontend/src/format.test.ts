import { describe, expect, test } from "vitest";
import { formatOffset, formatSaidAt, formatWait, hueOf, pluralise } from "./format";

describe("format", () => {
  test("stream time", () => {
    expect(formatOffset(75)).toBe("1:15");
    expect(formatOffset(3_675)).toBe("1:01:15");
    expect(formatSaidAt(61_000, 0)).toBe("1:01");
  });

  test("waits, rounded up so that nobody comes too early", () => {
    expect(formatWait(12)).toBe("12 s");
    expect(formatWait(91)).toBe("2 min");
    expect(formatWait(7_201)).toBe("3 h");
    expect(formatWait(200_000)).toBe("3 days");
  });

  test("counts", () => {
    expect(pluralise(1, "comment", "comments")).toBe("1 comment");
    expect(pluralise(2, "comment", "comments")).toBe("2 comments");
  });

  test("hues of neighbouring ids spread over the circle", () => {
    const sextants = new Set(
      Array.from({ length: 40 }, (_, id) => Math.floor(hueOf(String(1_000 + id)) / 60)),
    );
    expect(sextants.size).toBe(6);
    expect(hueOf("42")).toBe(hueOf("42"));
  });
});
