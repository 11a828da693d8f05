// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "../socket";
import { createViewerStore, type ViewerStore } from "../store";
import { suspended } from "../store/room";
import { comment, room } from "../testing/messages";
import { Composer } from "./Composer";

const boot = {
  slug: "demo",
  user: { id: 7, name: "Ana" },
  sign_in_url: "/accounts/sign-in/?next=/s/demo/",
  started_at: null,
} as unknown as Boot;

let store: ViewerStore;
const post = vi.fn();

function show(changes: Partial<Boot> = {}): void {
  const socket = { post } as unknown as RoomSocket;
  const here = { ...boot, ...changes };
  const actions = createActions(here, store, socket);
  render(
    <RoomContext value={{ boot: here, store, actions }}>
      <Composer />
    </RoomContext>,
  );
}

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox");
const type = (value: string) => fireEvent.change(field(), { target: { value } });
const sendButton = () => screen.getByRole<HTMLButtonElement>("button", { name: /send/i });

function pass(ms: number): void {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
}

beforeEach(() => {
  store = createViewerStore();
  post.mockReset();
});

afterEach(cleanup);

describe("the composer", () => {
  test("sends with Enter, shows the row at once and is empty again", () => {
    show();
    type("  hello\nthere ");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(post).toHaveBeenCalledExactlyOnceWith({
      nonce: expect.any(String) as string,
      text: "hello there",
      replyTo: null,
    });
    expect(store.getState().outbox.posts).toMatchObject([
      { state: "sending", text: "hello there" },
    ]);
    expect(field().value).toBe("");
  });

  test("does not send what an input method is still composing", () => {
    show();
    type("にほん");
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    fireEvent.keyDown(field(), { key: "Enter", keyCode: 229 });
    expect(post).not.toHaveBeenCalled();
  });

  test("sends nothing when there is nothing", () => {
    show();
    type("   ");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(post).not.toHaveBeenCalled();
    expect(sendButton().disabled).toBe(true);
  });

  test("counts from 150 and refuses above 200", () => {
    show();
    type("x".repeat(149));
    expect(screen.queryByText("51")).toBeNull();
    type("x".repeat(150));
    expect(screen.getByText("50")).toBeTruthy();
    type("x".repeat(201));
    expect(field().getAttribute("aria-invalid")).toBe("true");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(post).not.toHaveBeenCalled();
    expect(field().value).toHaveLength(201);
  });

  test("answers a comment, once", () => {
    show();
    act(() =>
      store.setState(({ composer }) => ({ composer: { ...composer, replyTo: comment(5) } })),
    );
    type("yes");
    fireEvent.click(sendButton());
    type("no");
    fireEvent.click(sendButton());
    expect(post.mock.calls).toMatchObject([[{ replyTo: "5" }], [{ replyTo: null }]]);
  });

  test("Escape drops the reply and keeps the text", () => {
    show();
    act(() =>
      store.setState(({ composer }) => ({ composer: { ...composer, replyTo: comment(5) } })),
    );
    type("hm");
    fireEvent.keyDown(field(), { key: "Escape" });
    expect(store.getState().composer).toMatchObject({ replyTo: null, text: "hm" });
  });

  test("counts down while one has to wait; typing stays possible", () => {
    vi.useFakeTimers();
    const cooldownUntil = Date.now() + 3_000;
    store.setState(({ outbox }) => ({ outbox: { ...outbox, cooldownUntil } }));
    show();
    type("soon");
    expect(sendButton().textContent).toBe("3");
    pass(2_000);
    expect(sendButton().textContent).toBe("1");
    pass(1_000);
    expect(sendButton().disabled).toBe(false);
    vi.useRealTimers();
  });
});

describe("instead of the composer", () => {
  const setRoom = (changes: Partial<typeof room>) => {
    store.setState((state) => ({ room: { ...state.room, room: { ...room, ...changes } } }));
  };

  test("a way to sign in", () => {
    show({ user: null });
    const link = screen.getByRole<HTMLAnchorElement>("link", { name: "Sign in to comment" });
    expect(link.getAttribute("href")).toBe(boot.sign_in_url);
  });

  test.each([
    [{ closed: true }, "Comments are closed for now."],
    [{ status: "ended" }, "This stream has ended."],
    [{ status: "scheduled" }, "Comments open when the stream starts."],
  ] as const)("why the room takes none: %o", (changes, words) => {
    setRoom(changes);
    show();
    expect(screen.getByText(words)).toBeTruthy();
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  test("a closed room still takes its staff's", () => {
    setRoom({ closed: true });
    store.setState((state) => ({
      room: {
        ...state.room,
        you: { id: "7", name: "Ana", role: "moderator", ticket_expires_at: 0 },
      },
    }));
    show();
    expect(field()).toBeTruthy();
  });

  test("an account that is too new, with what is left, until it is old enough", () => {
    vi.useFakeTimers();
    setRoom({ min_account_age_minutes: 60 });
    const joinedAt = Date.now() - 59 * 60_000;
    store.setState((state) => ({ room: { ...state.room, joinedAt } }));
    show();
    expect(screen.getByText(/Your account is too new/u).textContent).toContain("in 1:00");
    expect(screen.queryByRole("textbox")).toBeNull();
    pass(61_000);
    expect(field()).toBeTruthy();
    vi.useRealTimers();
  });

  test("what keeps somebody out everywhere, why, and where to appeal", () => {
    show({ appeals_url: "/appeals/" });
    const until = Date.now() + 7_200_000;
    act(() =>
      store.setState((state) => ({ room: { ...state.room, sanction: suspended(until, "spam") } })),
    );
    const gate = screen.getByText(/kept out of all streams for 2 h/u);
    expect(gate.textContent).toContain("Reason: spam");
    expect(screen.getByRole("link", { name: "Appeal" }).getAttribute("href")).toBe("/appeals/");
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  test("a time-out until it is over, with the draft kept", () => {
    vi.useFakeTimers();
    show();
    type("patience");
    const sanction = { kind: "timeout", until: Date.now() + 60_000, reason: "caps" } as const;
    act(() => store.setState((state) => ({ room: { ...state.room, sanction } })));
    expect(screen.getByText(/timed out for 1:00/u)).toBeTruthy();
    expect(screen.getByText(/caps/u)).toBeTruthy();
    pass(61_000);
    expect(field().value).toBe("patience");
    vi.useRealTimers();
  });
});
