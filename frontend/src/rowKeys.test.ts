import { describe, expect, test } from "vitest";
import { menuItems } from "./menuItems";
import type { Role, You } from "live-comments-client";
import { strokeOf } from "./rowKeys";
import { type Subject, subjectOfComment, subjectOfHeld } from "./store/menu";
import { comment } from "live-comments-client/testing/messages";

const me = (role: Role): You => ({ id: "1", name: "Ana", role, ticket_expires_at: 9e15 });
const by = (id: string, role?: Role): Subject =>
  subjectOfComment(comment(5, { user: { id, name: "Bo", role } }));
const waiting = subjectOfHeld({
  hold: "3",
  user: { id: "8", name: "Bo" },
  text: "?",
  at: 1,
  reason: "review",
});

const labels = (subject: Subject, you: You | null, pinned: string | null = null) =>
  menuItems(subject, you, pinned).map((group) => group.map(({ label }) => label));

describe("the menu of a comment", () => {
  test("a visitor may read, and look away", () => {
    expect(labels(by("8"), null)).toEqual([["Copy text", "Mute here", "Block on this device"]]);
  });

  test("a viewer may also answer and report, but nothing of a moderator's", () => {
    expect(labels(by("8"), me("viewer"))).toEqual([
      ["Reply", "Copy text", "Mute here", "Block on this device", "Report…"],
    ]);
  });

  test("one's own can be withdrawn, not reported or muted", () => {
    expect(labels(by("1"), me("viewer"))).toEqual([["Reply", "Copy text", "Withdraw"]]);
  });

  test("a moderator has everything about a viewer", () => {
    expect(labels(by("8"), me("moderator")).slice(1)).toEqual([
      ["Hide", "Pin"],
      ["Remove all comments", "Warn…", "Time out…", "Ban…"],
      ["Mute here", "Block on this device"],
    ]);
  });

  test.each<[Role, Role, boolean]>([
    ["moderator", "moderator", false],
    ["manager", "manager", false],
    ["moderator", "broadcaster", false],
    ["admin", "broadcaster", false],
    ["broadcaster", "moderator", true],
    ["admin", "manager", true],
    ["moderator", "viewer", true],
  ])("%s about a %s: may sanction %s", (mine, theirs, may) => {
    expect(labels(by("8", theirs), me(mine)).flat().includes("Ban…")).toBe(may);
  });

  test("nobody sanctions himself", () => {
    const own = labels(by("1", "moderator"), me("moderator")).flat();
    expect(own).not.toContain("Time out…");
    expect(own).not.toContain("Remove all comments");
  });

  test("the pinned one can be unpinned", () => {
    expect(labels(by("8"), me("moderator"), "5").flat()).toContain("Unpin");
  });

  test("one that waits is approved or refused, not hidden, pinned, answered or reported", () => {
    expect(labels(waiting, me("moderator"))).toEqual([
      ["Copy text"],
      ["Approve", "Refuse"],
      ["Remove all comments", "Warn…", "Time out…", "Ban…"],
      ["Mute here", "Block on this device"],
    ]);
  });

  test("what is done at once can also be done with a reason", () => {
    const reasons = [
      ...menuItems(by("8"), me("moderator"), null).flat(),
      ...menuItems(waiting, me("moderator"), null).flat(),
    ].flatMap(({ label, withReason }) => (withReason ? [[label, withReason]] : []));
    expect(Object.fromEntries(reasons)).toEqual({
      Hide: "hide",
      Refuse: "refuse",
      "Remove all comments": "clear",
    });
  });
});

describe("keys on a row", () => {
  test("of a viewer open the menu and do nothing else", () => {
    expect(strokeOf("m", by("8"), me("viewer"))).toEqual({ view: "main" });
    for (const key of "hpcwtbax") expect(strokeOf(key, by("8"), me("viewer"))).toBeNull();
  });

  test("of a moderator act, or ask for what is missing", () => {
    const you = me("moderator");
    expect(strokeOf("h", by("8"), you)).toEqual({ action: { type: "hide_comment", id: "5" } });
    expect(strokeOf("c", by("8"), you)).toEqual({ action: { type: "clear_user", user: "8" } });
    expect(strokeOf("t", by("8"), you)).toEqual({ view: "time_out" });
    expect(strokeOf("b", by("8"), you)).toEqual({ view: "ban" });
    expect(strokeOf("b", by("8", "broadcaster"), you)).toBeNull();
  });

  test("with Shift ask for a reason first", () => {
    const you = me("moderator");
    expect(strokeOf("H", by("8"), you)).toEqual({ view: "hide" });
    expect(strokeOf("C", by("8"), you)).toEqual({ view: "clear" });
    expect(strokeOf("X", waiting, you)).toEqual({ view: "refuse" });
    expect(strokeOf("H", by("8"), me("viewer"))).toBeNull();
  });

  test("decide only what waits", () => {
    const you = me("moderator");
    expect(strokeOf("a", waiting, you)).toEqual({ action: { type: "approve_held", hold: "3" } });
    expect(strokeOf("x", waiting, you)).toEqual({ action: { type: "refuse_held", hold: "3" } });
    expect(strokeOf("h", waiting, you)).toBeNull();
    expect(strokeOf("a", by("8"), you)).toBeNull();
  });
});
