// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createActions, type RoomActions } from "../actions";
import { apply } from "../apply";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import { suspended } from "../store/room";
import { room } from "live-comments-client/testing/messages";
import { Composer } from "./Composer";

const boot = {
  slug: "demo",
  user: { id: 7, name: "Ana" },
  sign_in_url: "/accounts/sign-in/?next=/s/demo/",
  started_at: null,
} as unknown as Boot;

let store: ViewerStore;
let actions: RoomActions;
const post = vi.fn();

function show(changes: Partial<Boot> = {}): void {
  const socket = { post } as unknown as RoomSocket;
  const here = { ...boot, ...changes };
  actions = createActions(here, store, socket);
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
  test("takes no more of a pasted book than it can count at each key", () => {
    show();
    expect(field().maxLength).toBe(16_000);
  });

  test("sends with Enter, shows the row at once and is empty again", () => {
    show();
    type("  hello\nthere ");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(post).toHaveBeenCalledExactlyOnceWith({
      nonce: expect.any(String) as string,
      text: "hello there",
      replyTo: null,
      writtenAt: expect.any(Number) as number,
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
      store.setState(({ composer }) => ({
        composer: { ...composer, replyTo: { id: "5", name: "Bo" } },
      })),
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
      store.setState(({ composer }) => ({
        composer: { ...composer, replyTo: { id: "5", name: "Bo" } },
      })),
    );
    type("hm");
    fireEvent.keyDown(field(), { key: "Escape" });
    expect(store.getState().composer).toMatchObject({ replyTo: null, text: "hm" });
  });

  test("an Escape that drops what an input method composes leaves the reply", () => {
    show();
    act(() =>
      store.setState(({ composer }) => ({
        composer: { ...composer, replyTo: { id: "5", name: "Bo" } },
      })),
    );
    fireEvent.keyDown(field(), { key: "Escape", isComposing: true });
    fireEvent.keyDown(field(), { key: "Escape", keyCode: 229 });
    expect(store.getState().composer.replyTo).not.toBeNull();
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

describe("what the composer tells", () => {
  const told = () =>
    screen
      .getAllByRole("status")
      .map(({ textContent }) => textContent)
      .join("");

  test("what is left, aloud at 20, 10 and 0", () => {
    show();
    type("x".repeat(179));
    expect(told()).toBe("");
    type("x".repeat(180));
    expect(told()).toBe("20 characters left or fewer");
    type("x".repeat(189));
    expect(told()).toBe("20 characters left or fewer");
    type("x".repeat(190));
    expect(told()).toBe("10 characters left or fewer");
    type("x".repeat(200));
    expect(told()).toBe("No characters left");
    type("x".repeat(230));
    expect(told()).toBe("Too long to send");
    expect(screen.getByText("-30")).toBeTruthy();
  });

  test("slow mode before it bites, to those it is for", () => {
    const setRole = (role: "viewer" | "moderator") =>
      act(() =>
        store.setState((state) => ({
          room: { ...state.room, you: { id: "7", name: "Ana", role, ticket_expires_at: 0 } },
        })),
      );
    show();
    expect(field().placeholder).toBe("Say something…");
    act(() =>
      store.setState((state) => ({
        room: { ...state.room, room: { ...room, slow_seconds: 30 } },
      })),
    );
    setRole("viewer");
    expect(field().placeholder).toBe("Slow mode: one every 30 s");
    setRole("moderator");
    expect(field().placeholder).toBe("Say something…");
  });

  test("when an Enter that came too early may come again, with the text kept", () => {
    vi.useFakeTimers();
    store.setState(({ outbox }) => ({ outbox: { ...outbox, cooldownUntil: Date.now() + 3_000 } }));
    show();
    type("soon");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(post).not.toHaveBeenCalled();
    expect(field().value).toBe("soon");
    expect(told()).toBe("Kept here. You can send it in 3 s.");
    pass(1_000);
    expect(told()).toBe("Kept here. You can send it in 3 s."); // not each second
    expect(screen.getByText("Kept here. You can send it in 2 s.")).toBeTruthy();
    pass(2_000);
    expect(told()).toBe("You can send it now.");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(post).toHaveBeenCalledOnce();
    expect(told()).toBe("");
    vi.useRealTimers();
  });

  test("that a comment was refused, and why, also where nothing can be typed any more", () => {
    show();
    type("rude");
    fireEvent.keyDown(field(), { key: "Enter" });
    const ref = store.getState().outbox.posts[0]!.nonce;
    const refusal = { type: "error", code: "banned", message: "", ref } as const;
    act(() => store.setState((state) => apply(state, refusal, Date.now())));
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(told()).toContain("Not sent: “rude”. You are banned.");
  });
});

describe("the text", () => {
  test("is one line, and the caret stays where the line was broken", () => {
    show();
    field().focus();
    fireEvent.change(field(), {
      target: { value: "one\ntwo", selectionStart: 4, selectionEnd: 4 },
    });
    expect(field().value).toBe("one two");
    expect(field().selectionStart).toBe(4);
  });

  test("brought back by Edit comes before what was typed since, with what it answers", () => {
    show();
    act(() =>
      store.setState(({ composer }) => ({
        composer: { ...composer, replyTo: { id: "5", name: "Bo" } },
      })),
    );
    type("first");
    fireEvent.keyDown(field(), { key: "Enter" });
    type("second");
    const { nonce } = store.getState().outbox.posts[0]!;
    act(() => actions.editPost(nonce));
    expect(field().value).toBe("first second");
    expect(screen.getByText("Bo")).toBeTruthy();
    expect(store.getState().outbox.posts).toEqual([]);
  });
});

describe("the focus", () => {
  const setClosed = (closed: boolean) =>
    act(() => store.setState((state) => ({ room: { ...state.room, room: { ...room, closed } } })));

  test("comes when it is asked for, and stays elsewhere when the form comes back", () => {
    show();
    expect(document.activeElement).toBe(document.body);
    act(() => actions.focusComposer());
    expect(document.activeElement).toBe(field());
    setClosed(true);
    setClosed(false);
    expect(document.activeElement).toBe(document.body);
    act(() => actions.focusComposer());
    expect(document.activeElement).toBe(field());
  });

  test("first comes to the end of a draft, and no caret is put where it is not", () => {
    const put = vi.spyOn(HTMLTextAreaElement.prototype, "setSelectionRange");
    act(() => store.setState(({ composer }) => ({ composer: { ...composer, text: "half a" } })));
    show();
    expect(put).not.toHaveBeenCalled();
    field().setSelectionRange(0, 0);
    act(() => field().focus());
    expect(field().selectionStart).toBe(6);
    field().setSelectionRange(2, 2);
    act(() => field().blur());
    act(() => field().focus());
    expect(field().selectionStart).toBe(2);
  });
});

describe("instead of the composer", () => {
  const setRoom = (changes: Partial<typeof room>) => {
    store.setState((state) => ({ room: { ...state.room, room: { ...room, ...changes } } }));
  };

  const why = (words: string | RegExp) => screen.getByText(words, { selector: "p *" });
  const told = () =>
    screen
      .getAllByRole("status")
      .map(({ textContent }) => textContent)
      .join("");

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
    expect(why(words)).toBeTruthy();
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
    expect(why(/Your account is too new/u).textContent).toContain("in 1:00");
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
    const gate = why(/kept out of all streams for 2 h/u);
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
    expect(why(/timed out for 1:00/u)).toBeTruthy();
    expect(why(/caps/u)).toBeTruthy();
    pass(61_000);
    expect(field().value).toBe("patience");
    vi.useRealTimers();
  });

  test("a time-out is told when it comes, when it is changed and when it is over", () => {
    vi.useFakeTimers();
    show();
    expect(told()).toBe("");
    const timeOut = (seconds: number) => {
      const until = Date.now() + seconds * 1_000;
      const sanction = { kind: "timeout", until, reason: "caps" } as const;
      act(() => store.setState((state) => ({ room: { ...state.room, sanction } })));
      pass(200);
    };
    timeOut(60);
    expect(told()).toBe("You are timed out for 1:00. Reason: caps");
    pass(9_800);
    expect(why(/timed out for 0:50/u)).toBeTruthy();
    expect(told()).toBe("You are timed out for 1:00. Reason: caps"); // not each second
    timeOut(300);
    expect(told()).toBe("You are timed out for 5:00. Reason: caps");
    pass(301_000);
    pass(200);
    expect(told()).toBe("You can comment now.");
    vi.useRealTimers();
  });
});
