// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ErrorCode, ServerMessage } from "live-comments-client";
import { frame, room, welcome } from "live-comments-client/testing/messages";
import type { RoomActions } from "../actions";
import { apply } from "../apply";
import type { Boot } from "../boot";
import { RoomContext, useRoom } from "../hooks/useRoom";
import { createViewerStore, type ViewerStore } from "../store";
import { type OutgoingPost, putPost } from "../store/outbox";
import { selectPosts } from "../store/selectors";
import { PostState } from "./PostState";

const DAY_MS = 86_400_000;

let store: ViewerStore;

function take(...messages: ServerMessage[]): void {
  act(() => {
    for (const message of messages) store.setState((state) => apply(state, message, Date.now()));
  });
}

function Posts() {
  return useRoom(selectPosts).map((post) => <PostState key={post.nonce} post={post} />);
}

function show(changes: Partial<OutgoingPost>): void {
  const base = { nonce: "n", text: "hello", reply: null, user: { id: "7", name: "Ana" } };
  const post = { ...base, at: Date.now(), writtenAt: Date.now(), ...changes } as OutgoingPost;
  store.setState(({ outbox }) => ({ outbox: putPost(outbox, post) }));
  render(
    <RoomContext value={{ boot: {} as Boot, store, actions: {} as RoomActions }}>
      <Posts />
    </RoomContext>,
  );
}

const retry = () => screen.queryByRole<HTMLButtonElement>("button", { name: "Retry" });

const you = { id: "7", name: "Ana", role: "viewer", ticket_expires_at: 0 } as const;

function joined(changes = {}): void {
  take(welcome({ you, server_time: Date.now(), room: { ...room, ...changes } }));
}

const refuse = (code: ErrorCode) =>
  take({ type: "error", code, message: "", ref: "n", retry_after_ms: DAY_MS });

beforeEach(() => {
  vi.useFakeTimers();
  store = createViewerStore();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe("Retry", () => {
  test("is there for what nobody answered, until the server would not recognise it", () => {
    show({ state: "unconfirmed" });
    expect(retry()?.disabled).toBe(false);
    act(() => void vi.advanceTimersByTime(600_000));
    expect(retry()).toBeNull();
    expect(screen.getAllByRole("button").map(({ textContent }) => textContent)).toEqual([
      "Edit",
      "Copy",
      "Dismiss",
    ]);
  });

  test("waits for the end of a time-out, and no longer when it is lifted before", () => {
    joined();
    const until = Date.now() + DAY_MS;
    const sanctioned = { type: "you.sanctioned", kind: "timeout", until } as const;
    take({ type: "personal", seq: 11, audience: "public", items: [sanctioned] });
    show({ state: "sending" });
    refuse("timed_out");
    expect(retry()?.disabled).toBe(true);
    take({ type: "personal", seq: 12, audience: "public", items: [{ type: "you.restored" }] });
    expect(retry()?.disabled).toBe(false);
    expect(screen.getByText(/The wait is over/u)).toBeTruthy();
  });

  test("waits until the account is old enough, and no longer when the room asks for less", () => {
    joined({ min_account_age_minutes: 2 * 24 * 60 });
    show({ state: "sending" });
    refuse("account_too_new");
    expect(retry()?.disabled).toBe(true);
    take(frame(11, [{ type: "room.changed", room }]));
    expect(retry()?.disabled).toBe(false);
  });
});
