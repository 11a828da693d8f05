import type { ErrorCode } from "live-comments-client";
import { describe, expect, test } from "vitest";
import { canRetry, postSentence, postTitle } from "./postSentences";
import type { OutgoingPost } from "./store/outbox";

function refused(code: ErrorCode, wait: number | null = null): OutgoingPost {
  const base = { nonce: "n", text: "t", reply: null, user: { id: "7", name: "Ana" } };
  return { ...base, at: 0, writtenAt: 0, state: "refused", code, message: "", retryAt: wait };
}

test("what nobody answered is tried again only while the server would recognise it", () => {
  const post: OutgoingPost = { ...refused("busy"), state: "unconfirmed" };
  expect(canRetry(post, true)).toBe(true);
  expect(canRetry(post, false)).toBe(false);
});

describe("a refusal", () => {
  test.each<[ErrorCode, string, boolean]>([
    ["slow_mode", "Slow mode is on. Try again in 9 s.", true],
    ["rate_limited", "That was a little fast. Try again in 9 s.", true],
    ["identical_text", "You just said the same. Try again in 9 s.", true],
    ["address_limited", "Too many comments from your network. Try again in 9 s.", true],
    ["stream_limited", "The room is busier than it can show. Try again in 9 s.", true],
    ["timed_out", "You are timed out. Try again in 9 s.", true],
    ["account_too_new", "Your account is too new for this room. Try again in 9 s.", true],
  ])("that time heals says how long: %s", (code, sentence, retry) => {
    expect(postSentence(refused(code, 9), 9, true)).toBe(sentence);
    expect(postSentence(refused(code, 9), 0, true)).toBe("The wait is over: it can be sent now.");
    expect(canRetry(refused(code, 9), false)).toBe(retry);
  });

  test.each<[ErrorCode, string]>([
    ["too_long", "Too long: 200 characters at most."],
    ["empty", "There is nothing to send."],
    ["not_text", "It holds characters that cannot be shown."],
    ["links_not_allowed", "Links are not allowed in this room."],
    ["rule_broken", "The rules of this room do not allow it."],
    ["unknown_comment", "The comment you answered is no longer there."],
  ])("that other words heal asks for them: %s", (code, sentence) => {
    expect(postTitle(refused(code))).toBe("Not sent.");
    expect(postSentence(refused(code), 0, false)).toBe(sentence);
    expect(canRetry(refused(code), true)).toBe(false);
  });

  test("for a rule is told in the room's own words", () => {
    const post = { ...refused("rule_broken"), message: "No spoilers, please." };
    expect(postSentence(post, 0, false)).toBe("No spoilers, please.");
  });
});
