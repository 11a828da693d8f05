import { expect, test } from "vitest";
import { compareIds, idTime } from "./ids";

test("an id tells when it was given, to the millisecond", () => {
  const ms = Date.UTC(2026, 10, 22, 20, 55, 3, 123);
  const id = (BigInt(ms - Date.UTC(2026, 0)) << 22n) | (5n << 12n) | 7n;
  expect(idTime(String(id))).toBe(ms);
});

test("ids are ordered by what they count, however long", () => {
  const ids = ["118087351795712000", "9", "10", "118087351795712001"];
  expect(ids.sort(compareIds)).toEqual(["9", "10", "118087351795712000", "118087351795712001"]);
});
