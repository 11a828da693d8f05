import { beforeEach, describe, expect, test } from "vitest";
import { apply } from "../apply";
import type { Item, PersonalItem } from "live-comments-client";
import { noticeSentence } from "../sentences";
import { comment, frame, welcome } from "live-comments-client/testing/messages";
import { createViewerStore, type ViewerState } from "./index";

const NOW = 1_800_000_000_000;
const you = { id: "7", name: "Ana", role: "viewer", ticket_expires_at: NOW } as const;
let state: ViewerState;
let seq = 10;

function items(...list: Item[]): void {
  seq += 1;
  state = apply(state, frame(seq, list), NOW);
}

function personal(...list: PersonalItem[]): void {
  state = apply(state, { type: "personal", seq, audience: "public", items: list }, NOW);
}

const told = () => state.notices.list.map((notice) => [noticeSentence(notice), notice.words]);

beforeEach(() => {
  seq = 10;
  const recent = [comment(1), comment(2), comment(3, { user: { id: "8", name: "Bo" } })];
  state = apply(createViewerStore().getState(), welcome({ you, recent }), NOW);
});

describe("what moderators tell somebody", () => {
  test("says which comment is gone", () => {
    items({ type: "comment.hidden", id: "2" });
    personal({ type: "you.hidden", id: "2" });
    expect(told()).toEqual([["A moderator removed your comment", "comment 2"]]);
  });

  test("says it in general where the page never had it", () => {
    personal({ type: "you.hidden", id: "99" });
    expect(told()).toEqual([["A moderator removed a comment of yours.", null]]);
  });

  test("says which comment a warning is for", () => {
    personal({ type: "you.warned", reason: "caps", comment: "1" });
    expect(told()).toEqual([["A moderator asks you to mind the rules, for", "comment 1"]]);
  });

  test("goes when the comment is back, and only that", () => {
    items({ type: "comment.hidden", id: "1" }, { type: "comment.hidden", id: "2" });
    personal({ type: "you.hidden", id: "1" }, { type: "you.hidden", id: "2" });
    personal({ type: "you.warned", reason: "caps" });
    items({ type: "comment.restored", comment: comment(1) });
    expect(state.notices.list.map(({ item }) => item.type)).toEqual(["you.hidden", "you.warned"]);
    expect(state.notices.list[0]?.words).toBe("comment 2");
  });

  test("of all comments goes when they are back", () => {
    items({ type: "user.cleared", user: "7", name: "Ana", through: "2" });
    personal({ type: "you.hidden" });
    items({ type: "comment.restored", comment: comment(3, { user: { id: "8", name: "Bo" } }) });
    expect(state.notices.list).toHaveLength(1);
    items({ type: "comment.restored", comment: comment(1) });
    expect(state.notices.list).toHaveLength(0);
  });

  test("never keeps what others said and was hidden", () => {
    items({ type: "comment.hidden", id: "3" });
    expect(JSON.stringify([...state.notices.hiddenWords])).not.toContain("comment 3");
  });
});
