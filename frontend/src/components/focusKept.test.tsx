// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import { apply } from "../apply";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import type { CommentsState } from "../store/comments";
import { comment, welcome } from "live-comments-client/testing/messages";
import { LaterComments } from "./LaterComments";
import { OlderComments } from "./OlderComments";
import { ReactionBar } from "./ReactionBar";

/** What may have the focus while it means nothing: a browser takes it from a disabled button. */

const you = { id: "7", name: "Ana", role: "viewer", ticket_expires_at: 9e15 } as const;
const boot = { slug: "demo", user: { id: 7, name: "Ana" }, started_at: null } as unknown as Boot;
let store: ViewerStore;
const does = { react: vi.fn(), loadOlder: vi.fn(), loadNewer: vi.fn() };

function show(part: ReactNode): void {
  const socket = {} as unknown as RoomSocket;
  const actions = { ...createActions(boot, store, socket), ...does };
  render(<RoomContext value={{ boot, store, actions }}>{part}</RoomContext>);
}

const change = (changes: Partial<CommentsState>) =>
  act(() => store.setState(({ comments }) => ({ comments: { ...comments, ...changes } })));
const link = (now: "open" | "waiting") =>
  act(() => store.setState(({ connection }) => ({ connection: { ...connection, link: now } })));

/** Presses what has the focus once while it means something, and once while it does not. */
function presses(button: HTMLButtonElement, close: () => void, done: unknown): void {
  act(() => button.focus());
  fireEvent.click(button);
  close();
  expect(button.isConnected).toBe(true);
  expect(button.disabled).toBe(false);
  expect(button.getAttribute("aria-disabled")).toBe("true");
  fireEvent.click(button);
  expect(done).toHaveBeenCalledOnce();
}

beforeEach(() => {
  store = createViewerStore();
  store.setState((state) => apply(state, welcome({ you, recent: [comment(1)] }), Date.now()));
});

afterEach(cleanup);

test("the way back, while a page is on its way", () => {
  change({ hasOlder: true, older: "idle" });
  show(<OlderComments />);
  presses(screen.getByRole("button"), () => change({ older: "loading" }), does.loadOlder);
});

test("the way on, while a page is on its way", () => {
  change({ tail: [], newer: "idle" });
  show(<LaterComments />);
  presses(screen.getByRole("button"), () => change({ newer: "loading" }), does.loadNewer);
});

test("a reaction, while the connection is away", () => {
  link("open");
  show(<ReactionBar />);
  presses(screen.getByRole("button", { name: /^Like/u }), () => link("waiting"), does.react);
});
