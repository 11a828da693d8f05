import { describe, expect, test } from "vitest";
import { comment } from "live-comments-client/testing/messages";
import type { Boot } from "./boot";
import { matchingPeople, mentionQuery, MENTIONS_SHOWN, peoplePresent } from "./mentions";
import { createViewerStore } from "./store";
import { hideComment, insertComments, setSilenced } from "./store/comments";

const boot = {
  slug: "demo",
  user: { id: 7, name: "Ana" },
  broadcaster: { id: 1, name: "The Host" },
} as unknown as Boot;

function roomWith(...people: [id: string, name: string][]) {
  const store = createViewerStore();
  const said = people.map(([id, name], index) => comment(index + 1, { user: { id, name } }));
  store.setState(({ comments }) => ({ comments: insertComments(comments, said) }));
  return store;
}

const names = (people: { name: string }[]) => people.map(({ name }) => name);

describe("a name that is being typed", () => {
  test.each([
    ["@", "", 0],
    ["@an", "an", 0],
    ["hi @an", "an", 3],
    ["hi @ana ba", "ana ba", 3],
    ["@bo and @cl", "cl", 8],
  ])("is found in %j", (text, words, start) => {
    expect(mentionQuery(text, text.length)).toEqual({ start, end: text.length, words });
  });

  test.each(["", "hi", "ana@example", "@ana ", "@ ", "hi @ an", `@${"x".repeat(41)}`])(
    "is not in %j",
    (text) => {
      expect(mentionQuery(text, text.length)).toBeNull();
    },
  );

  test("ends at the caret", () => {
    expect(mentionQuery("@ana said", 3)).toEqual({ start: 0, end: 3, words: "an" });
  });
});

describe("people present", () => {
  test("come newest first, each once, then the broadcaster", () => {
    const store = roomWith(["2", "Bo"], ["3", "Cleo"], ["2", "Bo"], ["4", "Dora"]);
    expect(names(peoplePresent(store.getState(), boot))).toEqual([
      "Dora",
      "Bo",
      "Cleo",
      "The Host",
    ]);
  });

  test("are without oneself, the muted, the blocked and what was hidden", () => {
    const store = roomWith(["7", "Ana"], ["2", "Bo"], ["3", "Cleo"], ["4", "Dora"], ["5", "Eve"]);
    store.setState(({ comments }) => ({
      comments: hideComment(
        setSilenced(comments, { muted: new Map([["2", "Bo"]]), blocked: new Map([["3", "Cleo"]]) }),
        "4",
      ),
    }));
    expect(names(peoplePresent(store.getState(), boot))).toEqual(["Eve", "The Host"]);
  });

  test("begin with whoever is answered", () => {
    const store = roomWith(["2", "Bo"], ["3", "Cleo"]);
    store.setState(({ composer }) => ({
      composer: { ...composer, replyTo: { id: "1", name: "Bo" } },
    }));
    const people = peoplePresent(store.getState(), boot);
    expect(people.map(({ name, isRepliedTo }) => [name, isRepliedTo])).toEqual([
      ["Bo", true],
      ["Cleo", false],
      ["The Host", false],
    ]);
  });
});

describe("matching", () => {
  const people = ["José Ángel", "Angela", "Bo", "Zoë de la Cruz"].map((name, index) => ({
    id: String(index),
    name,
    role: "viewer" as const,
    isRepliedTo: false,
  }));

  test.each([
    ["ang", ["Angela", "José Ángel"]],
    ["JOSE", ["José Ángel"]],
    ["jose an", ["José Ángel"]],
    ["cru", ["Zoë de la Cruz"]],
    ["la c", ["Zoë de la Cruz"]],
    ["ruz", []],
    ["", ["José Ángel", "Angela", "Bo", "Zoë de la Cruz"]],
    ["bo", []], // nothing is left to complete
  ])("%j", (words, expected) => {
    expect(names(matchingPeople(people, words))).toEqual(expected);
  });

  test("shows a few", () => {
    const crowd = Array.from({ length: 20 }, (_, index) => ({
      id: String(index),
      name: `Ana ${index}`,
      role: "viewer" as const,
      isRepliedTo: false,
    }));
    expect(matchingPeople(crowd, "ana")).toHaveLength(MENTIONS_SHOWN);
  });
});
