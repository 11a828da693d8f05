import { describe, expect, test } from "vitest";
import { charactersLeft, cleaned, countGraphemes, oneLine, splitMentions } from "./text";

describe("text", () => {
  test("is one line, stripped and composed", () => {
    expect(oneLine("a \n b\r\nc")).toBe("a b c");
    expect(cleaned("  e\u0301  ")).toBe("é");
  });

  test("is made one line at once, however many spaces it has", () => {
    const began = performance.now();
    expect(oneLine(`a${" ".repeat(200_000)}b`)).toHaveLength(200_002);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test("counts what a person sees", () => {
    expect(countGraphemes("")).toBe(0);
    expect(countGraphemes("👩‍👩‍👧‍👦é🇸🇪")).toBe(3);
  });

  test("is bounded by graphemes and by code points", () => {
    expect(charactersLeft("x".repeat(200))).toBe(0);
    expect(charactersLeft("x".repeat(201))).toBe(-1);
    expect(charactersLeft("👩‍👩‍👧‍👦".repeat(199))).toBe(1);
    expect(charactersLeft(`e${"\u0301".repeat(1_600)}`)).toBe(-1);
  });

  test("is split at mentions of a name, whole and in any capitals", () => {
    expect(splitMentions("hi @ana, @Anabel and @ANA", "Ana")).toEqual([
      "hi ",
      "@ana",
      ", @Anabel and ",
      "@ANA",
      "",
    ]);
    expect(splitMentions("hi @a.b", "a.b")).toEqual(["hi ", "@a.b", ""]);
    expect(splitMentions("hi", null)).toEqual(["hi"]);
  });
});
