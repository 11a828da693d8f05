// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeEach, describe, expect, test } from "vitest";
import {
  fetchEmoji,
  findEmoji,
  MATCHES_SHOWN,
  RECENT_KEPT,
  recentEmoji,
  rememberEmoji,
  toned,
  TONES,
} from "./emoji";

const set = await fetchEmoji("en-GB");
const found = (sought: string) => findEmoji(set, sought).map(({ emoji }) => emoji);

beforeEach(() => window.localStorage.clear());

describe("the emoji", () => {
  test("come in nine groups, each once, without loose parts", () => {
    const all = set.groups.flat().map(({ emoji }) => emoji);
    expect(set.groups).toHaveLength(9);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain("🇸🇪");
    expect(all).not.toContain("🏽");
    expect(all.length).toBeGreaterThan(1_800);
  });

  test("have English labels where a language has none of its own", async () => {
    expect((await fetchEmoji("tlh")).language).toBe("en");
  });

  test("are found by the beginnings of words, labels first", () => {
    expect(found("red hea")[0]).toBe("❤️");
    expect(found("thumbs up")).toContain("👍️");
    expect(found("love").indexOf("💌")).toBeGreaterThan(-1);
    expect(found("love").indexOf("💌")).toBeLessThan(found("love").indexOf("❤️"));
    expect(found("")).toEqual([]);
    expect(found("qqqq")).toEqual([]);
    expect(found("a")).toHaveLength(MATCHES_SHOWN);
  });

  test("take every skin tone as Unicode spells it", () => {
    const path = createRequire(import.meta.url).resolve("emojibase-data/en/data.json");
    interface Source {
      emoji: string;
      skins?: { emoji: string; tone: number | number[] }[];
    }
    const source = JSON.parse(readFileSync(path, "utf8")) as Source[];
    const spelt = new Map(source.map(({ emoji, skins = [] }) => [emoji, skins]));
    const wrong = set.groups.flat().flatMap((one) =>
      !one.hasTones
        ? []
        : TONES.slice(1).filter((tone, index) => {
            const skin = spelt
              .get(one.emoji)
              ?.find((other) => [other.tone].flat().every((value) => value === index + 1));
            return (
              toned(one, tone).replaceAll("\uFE0F", "") !== skin?.emoji.replaceAll("\uFE0F", "")
            );
          }),
    );
    expect(wrong).toEqual([]);
    expect(toned({ emoji: "👋", hasTones: true }, "🏽")).toBe("👋🏽");
    expect(toned({ emoji: "🍕", hasTones: false }, "🏽")).toBe("🍕");
  });

  test("that were used are remembered, the latest first, each once", () => {
    for (const emoji of ["🍕", "🎉", "🍕"]) rememberEmoji(emoji);
    expect(recentEmoji(set).map(({ emoji }) => emoji)).toEqual(["🍕", "🎉"]);
    for (const { emoji } of set.groups[0]!.slice(0, 40)) rememberEmoji(emoji);
    expect(recentEmoji(set)).toHaveLength(RECENT_KEPT);
  });
});
