import { describe, expect, test } from "vitest";
import { countPresses, dropFloats, emptyReactions, FLOATS_MAX, pressReaction } from "./reactions";

const NOW = 1_800_000_000_000;
const storm = (state: typeof emptyReactions, now: number) =>
  countPresses(state, { like: 900, love: 900, wow: 900 }, {}, true, now);

describe("floats", () => {
  test("are at most fifty, whatever the storm", () => {
    let state = emptyReactions;
    for (let frame = 0; frame < 10; frame += 1) state = storm(state, NOW + frame * 100);
    expect(state.floats).toHaveLength(FLOATS_MAX);
  });

  test("that nobody saw end make room for others", () => {
    let state = emptyReactions;
    for (let frame = 0; frame < 10; frame += 1) state = storm(state, NOW);
    const later = pressReaction(state, "sad", NOW + 60_000);
    expect(later.floats.map(({ kind }) => kind)).toEqual(["sad"]);
  });

  test("go when they have ended", () => {
    const state = pressReaction(pressReaction(emptyReactions, "like", NOW), "wow", NOW);
    const [first] = state.floats;
    expect(dropFloats(state, new Set([first?.id ?? -1])).floats).toHaveLength(1);
  });

  test("show one's own press at once, and not again with its frame", () => {
    const pressed = pressReaction(emptyReactions, "like", NOW);
    const counted = countPresses(pressed, { like: 3 }, { like: 3 }, true, NOW + 500);
    expect(counted.floats).toHaveLength(3);
    expect([counted.totals.like, counted.own.like]).toEqual([3, 0]);
  });

  test("of what was missed are not shown", () => {
    expect(countPresses(emptyReactions, { like: 9 }, { like: 9 }, false, NOW).floats).toEqual([]);
  });
});
