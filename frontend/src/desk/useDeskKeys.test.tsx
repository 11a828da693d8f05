// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import { apply } from "../apply";
import type { Boot } from "../boot";
import { Composer } from "../components/Composer";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import { frame, room, welcome } from "live-comments-client/testing/messages";
import { Queue } from "./Queue";
import { useDeskKeys } from "./useDeskKeys";

const you = { id: "7", name: "Ana", role: "moderator", ticket_expires_at: 9e15 } as const;
const boot = { slug: "demo", user: { id: 7, name: "Ana" }, started_at: null } as unknown as Boot;
const held = {
  hold: "3",
  user: { id: "8", name: "Bo" },
  text: "?",
  at: 1,
  reason: "review",
} as const;
const sent = vi.fn((_ref: string, action: unknown) => action !== null);

let store: ViewerStore;
let seq = 10;

function Desk() {
  useDeskKeys(() => undefined);
  return (
    <>
      <Composer />
      <Queue />
    </>
  );
}

// What watches over the page hears of a change a moment later.
const take = (item: NonNullable<Parameters<typeof frame>[1]>[number]) =>
  act(async () => {
    seq += 1;
    store.setState((state) => apply(state, frame(seq, [item]), Date.now()));
    await new Promise((done) => setTimeout(done));
  });
const field = () => screen.getByRole("textbox");
const press = (...keys: string[]) => {
  for (const key of keys)
    act(() => void fireEvent.keyDown(document.activeElement ?? document, { key }));
};
const rowInFocus = () => document.activeElement?.closest("[data-row]") ?? null;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  sent.mockClear();
  store = createViewerStore();
  const actions = createActions(boot, store, { act: sent } as unknown as RoomSocket);
  store.setState((state) => apply(state, welcome({ you }), Date.now()));
  render(
    <RoomContext value={{ boot, store, actions }}>
      <Desk />
    </RoomContext>,
  );
  await take({ type: "hold.opened", held });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const ended = { type: "room.changed", room: { ...room, status: "ended" } } as const;

test("a sentence is no command when its field goes away with the end of the stream", async () => {
  act(() => field().focus());
  press("i", "s", " ");
  await take(ended);
  expect(screen.queryByRole("textbox")).toBeNull();
  press("t", "h");
  // As long as one types on.
  vi.advanceTimersByTime(1_400);
  press("a");
  vi.advanceTimersByTime(1_400);
  press("t", " ");
  expect(rowInFocus()).toBeNull();

  vi.advanceTimersByTime(1_600);
  press("a", "a");
  expect(sent.mock.lastCall?.[1]).toEqual({ type: "approve_held", hold: "3" });
});

test("a sentence is no command to a row that was given the focus instead of its field", async () => {
  act(() => field().focus());
  await take(ended);
  act(() => document.querySelector<HTMLElement>("[data-row]")?.focus());
  press("x");
  expect(sent).not.toHaveBeenCalled();
});

test("who left the field, or closed it, gives commands at once", async () => {
  act(() => field().focus());
  await act(async () => {
    field().blur();
    await new Promise((done) => setTimeout(done));
  });
  await take(ended);
  press("2");
  expect(rowInFocus()).not.toBeNull();

  await take({ type: "room.changed", room });
  act(() => field().focus());
  press("Enter");
  await take(ended);
  press("2");
  expect(rowInFocus()).not.toBeNull();
});
