import { expect, test } from "vitest";
import { addDeed, changeDeed, type Deed, emptyDeeds, finishDeed, lastUndoable } from "./deeds";

function deed(ref: string, changes: Partial<Deed> = {}): Deed {
  const about = { name: "Bo", text: "hi" };
  const action = { type: "hide_comment", id: "1" } as const;
  const fresh = { state: "pending", undo: null, code: null, undoes: null } as const;
  return { ref, action, about, at: 1, ...fresh, isUnwanted: false, ...changes };
}

const restore = { type: "restore_comment", id: "1", hidden_by: "9" } as const;

test("an answer finishes the action and says what takes it back", () => {
  const state = finishDeed(addDeed(emptyDeeds, deed("a")), "a", restore);
  expect(state.list[0]).toMatchObject({ state: "done", undo: restore });
  expect(lastUndoable(state)?.ref).toBe("a");
});

test("undoing is an action of its own; once done, the first one is undone and cannot be again", () => {
  const done = finishDeed(addDeed(emptyDeeds, deed("a")), "a", restore);
  const undoing = addDeed(done, deed("b", { action: restore, undoes: "a" }));
  const undone = finishDeed(undoing, "b", { type: "hide_comment", id: "1" });
  expect(undone.list.map(({ state }) => state)).toEqual(["undone", "done"]);
  expect(lastUndoable(undone)).toBeUndefined();
});

test("the latest that can be taken back is the one that undo means", () => {
  let state = finishDeed(addDeed(emptyDeeds, deed("a")), "a", restore);
  state = finishDeed(addDeed(state, deed("b")), "b", restore);
  state = finishDeed(addDeed(state, deed("c")), "c", null);
  state = changeDeed(addDeed(state, deed("d")), "d", { state: "refused" });
  expect(lastUndoable(state)?.ref).toBe("b");
});

test("an answer to what is no longer listed changes nothing", () => {
  expect(finishDeed(emptyDeeds, "a", restore)).toBe(emptyDeeds);
});

test("the list does not grow without end", () => {
  let state = emptyDeeds;
  for (let n = 0; n < 80; n += 1) state = addDeed(state, deed(String(n)));
  expect(state.list).toHaveLength(50);
  expect(state.list[0]?.ref).toBe("30");
});
