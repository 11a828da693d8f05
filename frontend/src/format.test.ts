import { describe, expect, test } from "vitest";
import { formatOffset, formatSaidAt, hueOf } from "./format";

describe("format", () => {
  test("stream time", () => {
    expect(formatOffset(75)).toBe("1:15");
    expect(formatOffset(3_675)).toBe("1:01:15");
    expect(formatSaidAt(61_000, 0)).toBe("1:01");
  });

  test("hues of neighbouring ids spread over the circle", () => {
    const sextants = new Set(
      Array.from({ length: 40 }, (_, id) => Math.floor(hueOf(String(1_000 + id)) / 60)),
    );
    expect(sextants.size).toBe(6);
    expect(hueOf("42")).toBe(hueOf("42"));
  });
});
