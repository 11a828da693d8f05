import { describe, expect, test } from "vitest";
import { firstAbove, RowHeights } from "./rowHeights";

describe("heights", () => {
  test("are those that were drawn, and a guess for the others", () => {
    const heights = new RowHeights();
    heights.note("a", 20);
    heights.note("b", 60);
    expect([...heights.tops(["a", "x", "b"])]).toEqual([0, 20, 46, 106]);
    heights.learn();
    expect([...heights.tops(["a", "x", "b"])]).toEqual([0, 20, 60, 120]);
  });

  test("change when a row is drawn again", () => {
    const heights = new RowHeights();
    heights.note("a", 20);
    heights.note("a", 40);
    heights.learn();
    expect([...heights.tops(["a", "x"])]).toEqual([0, 40, 80]);
  });

  test("of rows that are gone are forgotten in the end", () => {
    const heights = new RowHeights();
    for (let row = 0; row < 2_000; row += 1) heights.note(String(row), 10);
    heights.keepOnly(["5"]);
    heights.note("5", 10);
    expect([...heights.tops(["5", "6"])]).toEqual([0, 10, 36]);
  });
});

test("the first above a value", () => {
  const tops = [0, 20, 40, 60];
  expect([-1, 0, 39, 40, 60].map((value) => firstAbove(tops, value))).toEqual([0, 1, 2, 3, 4]);
});
