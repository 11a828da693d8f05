import { describe, expect, test } from "vitest";
import { cleaned, countGraphemes, isTooLong, oneLine, splitMentions } from "./text";

describe("text", () => {
  test("is one line, stripped and composed", () => {
    expect(oneLine("a \n b\r\nc")).toBe("a b c");
    expect(cleaned("  e\u0301  ")).toBe("é");
  });

  test("counts what a person sees", () => {
    expect(countGraphemes("")).toBe(0);
    expect(countGraphemes("👩‍👩‍👧‍👦é🇸🇪")).toBe(3);
  });

  test("is bounded by graphemes and by code points", () => {
    expect(isTooLong("x".repeat(200))).toBe(false);
    expect(isTooLong("x".repeat(201))).toBe(true);
    expect(isTooLong("👩‍👩‍👧‍👦".repeat(200))).toBe(false);
    expect(isTooLong(`e${"\u0301".repeat(1_600)}`)).toBe(true);
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
