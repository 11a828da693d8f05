// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apply } from "../apply";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket, ServerMessage } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import { comment, frame, posted, welcome } from "live-comments-client/testing/messages";
import { CommentList } from "./CommentList";

const boot = { slug: "demo", user: { id: 7, name: "Ana" }, started_at: null } as unknown as Boot;
const you = { id: "7", name: "Ana", role: "viewer", ticket_expires_at: 9e15 } as const;
const post = vi.fn<RoomSocket["post"]>();

let store: ViewerStore;
let actions: ReturnType<typeof createActions>;

const take = (...messages: ServerMessage[]) =>
  act(() => {
    store.setState((state) => messages.reduce((s, m) => apply(s, m, Date.now()), state));
  });
const say = (text: string) =>
  act(() => {
    actions.setDraft(text);
    actions.submit();
  });
const rows = () => [...document.querySelectorAll("[data-row]")];
const nonce = () => post.mock.lastCall?.[0].nonce ?? "";

beforeEach(() => {
  post.mockReset();
  store = createViewerStore();
  store.setState(({ connection }) => ({ connection: { ...connection, link: "open" } }));
  actions = createActions(boot, store, { post } as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <CommentList />
    </RoomContext>,
  );
  take(welcome({ you, recent: [comment(1, { user: { id: "8", name: "Bo" } })] }));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("one's own row", () => {
  test("is the same element while sending, when shown, when hidden", () => {
    say("hello");
    const row = rows().at(-1);
    expect(row?.textContent).toContain("Sending…");
    take({ type: "comment.accepted", nonce: nonce(), comment: comment(5) });
    take(frame(11, posted(5, 6)));
    expect(rows()).toHaveLength(3);
    expect(rows()[1]).toBe(row);
    take(frame(12, [{ type: "comment.hidden", id: "5" }]));
    expect(rows()[1]).toBe(row);
    expect(row?.textContent).toBe("Comment removed");
  });

  test("waits for the connection, and says so", () => {
    store.setState(({ connection }) => ({ connection: { ...connection, link: "waiting" } }));
    say("hello");
    expect(rows().at(-1)?.textContent).toContain("Sending when you are back");
    act(() =>
      store.setState(({ connection }) => ({ connection: { ...connection, link: "open" } })),
    );
    expect(rows().at(-1)?.textContent).toContain("Sending…");
  });

  test("refused: says why and goes out again in the same row", () => {
    say("hello");
    const first = nonce();
    take({ type: "error", code: "stream_limited", message: "", ref: first });
    say("and more");
    const second = nonce();
    const row = rows()[1];
    expect(row?.textContent).toContain("The room is busier than it can show.");
    fireEvent.click(screen.getByRole("button", { name: "Retry" }));
    expect(post.mock.calls.map(([sent]) => sent.nonce)).toEqual([first, second, first]);
    expect(rows()[1]).toBe(row);
    expect(row?.textContent).toContain("Sending…");
  });

  test("refused for its words: they can be changed, not sent again", () => {
    say("hello");
    take({ type: "error", code: "links_not_allowed", message: "No links.", ref: nonce() });
    expect(screen.getByText(/No links\./u)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Retry" })).toBeNull();
    expect(screen.getByRole("button", { name: "Edit" })).toBeTruthy();
  });

  test("copied, and says so", async () => {
    const writeText = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue(undefined);
    say("hello");
    take({ type: "error", code: "internal", message: "", ref: nonce() });
    fireEvent.click(screen.getByRole("button", { name: "Copy" }));
    expect(await screen.findByRole("button", { name: "Copied" })).toBeTruthy();
    expect(writeText).toHaveBeenCalledExactlyOnceWith("hello");
  });

  test("refused with a wait: no retry before it is over", () => {
    say("hello");
    take({ type: "error", code: "rate_limited", message: "", ref: nonce(), retry_after_ms: 9_000 });
    expect(screen.getByText(/Try again in 9 s/u)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Retry" }).disabled).toBe(true);
  });

  test("refused: goes back to the composer, before what is typed there", () => {
    say("hello");
    take({ type: "error", code: "room_closed", message: "", ref: nonce() });
    act(() => actions.setDraft("and more"));
    fireEvent.click(screen.getByRole("button", { name: "Edit" }));
    expect(store.getState().composer.text).toBe("hello and more");
    expect(rows()).toHaveLength(1);
  });

  test("held: says so, and can be put away", () => {
    say("hello");
    take({ type: "comment.held", nonce: nonce(), hold: "3", reason: "review" });
    expect(screen.getByText(/Waiting for a moderator/u)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Put away" }));
    expect(rows()).toHaveLength(1);
  });

  test("left out: stays in its row and says so, without a word of failure", () => {
    say("hello");
    const said = comment(9, { text: "hello" });
    take({ type: "comment.accepted", nonce: nonce(), comment: said, left_out: true });
    expect(rows().at(-1)?.textContent).toContain("Busy room: not shown to everyone");
    expect(screen.queryByText("Not sent.")).toBeNull();
    expect(rows()).toHaveLength(2);
  });

  test("never answered: a retry keeps the nonce", () => {
    say("hello");
    const first = nonce();
    const [sending] = store.getState().outbox.posts;
    act(() =>
      store.setState(({ outbox }) => ({
        outbox: { ...outbox, posts: [{ ...sending!, state: "unconfirmed" }] },
      })),
    );
    fireEvent.click(screen.getByRole("button", { name: "Retry" }));
    expect(nonce()).toBe(first);
  });
});

describe("a row", () => {
  test("names the role in words and lights a mention of the reader", () => {
    const user = { id: "9", name: "Cleo", role: "moderator", new: true } as const;
    take(frame(11, [{ type: "comment.posted", comment: comment(5, { user, text: "hi @ana" }) }]));
    const row = rows().at(-1);
    expect(row?.textContent).toContain("Mod");
    expect(row?.textContent).toContain("New");
    expect(row?.querySelector("mark")?.textContent).toBe("@ana");
    expect(row?.getAttribute("data-mark")).toBe("mention");
  });

  test("leads where a link says, without vouching for it, and lights a mention beside it", () => {
    const text = "@ana https://a.example/x and http://b.example and https://аррӏе.com";
    take(frame(11, [{ type: "comment.posted", comment: comment(5, { text }) }]));
    const links = [...(rows().at(-1)?.querySelectorAll("a") ?? [])];
    expect(links.map((link) => [link.href, link.textContent])).toEqual([
      ["https://a.example/x", "https://a.example/x"],
      ["https://xn--80ak6aa92e.com/", "https://xn--80ak6aa92e.com/"],
    ]);
    expect(links.map((link) => [link.rel, link.target])).toEqual([
      ["noopener nofollow ugc", "_blank"],
      ["noopener nofollow ugc", "_blank"],
    ]);
    expect(rows().at(-1)?.querySelector("mark")?.textContent).toBe("@ana");
  });

  test("keeps names and texts apart from what stands around them", () => {
    const user = { id: "9", name: "שלום Mod", role: "viewer" } as const;
    take(frame(11, [{ type: "comment.posted", comment: comment(5, { user, text: "hi" }) }]));
    const row = rows().at(-1);
    expect(row?.querySelector("bdi")?.textContent).toBe("שלום Mod");
    expect(row?.querySelector("[data-role]")).toBeNull();
    expect(row?.querySelector("[dir=auto]")?.textContent).toBe("hi");
  });

  test("offers a reply", () => {
    expect(screen.queryByRole("button", { name: "Reply to Bo" })).toBeNull();
    fireEvent.pointerOver(rows()[0]!);
    fireEvent.click(screen.getByRole("button", { name: "Reply to Bo" }));
    expect(store.getState().composer.replyTo?.id).toBe("1");
  });
});

describe("the list", () => {
  test("offers the way back to the end while it is paused", () => {
    act(() => actions.pause());
    take(frame(11, posted(5, 6)));
    fireEvent.click(screen.getByRole("button", { name: /2 new.*Jump to latest/u }));
    expect(store.getState().comments).toMatchObject({ isFollowing: true, unseen: 0 });
  });

  test("follows again when one says something", () => {
    act(() => actions.pause());
    say("hello");
    expect(store.getState().comments.isFollowing).toBe(true);
  });
});

describe("a row that goes", () => {
  const bo = { id: "8", name: "Bo" };
  const focus = () => {
    fireEvent.keyDown(document.body, { key: "Tab" });
    act(() => (rows()[0] as HTMLElement).focus());
  };

  test("does not keep the list still, though no browser tells that the focus went with it", () => {
    take(frame(11, [{ type: "comment.posted", comment: comment(2, { user: bo }) }]));
    focus();
    expect(store.getState().comments.isFollowing).toBe(false);
    take(frame(12, [{ type: "user.cleared", user: "8", name: "Bo", through: "2" }]));
    expect(rows()).toHaveLength(1);
    expect(store.getState().comments.holds).toEqual(new Set());
    expect(store.getState().comments.isFollowing).toBe(true);
  });

  test("leaves nothing behind when the list goes with it", () => {
    focus();
    expect(store.getState().comments.holds).toEqual(new Set(["focus"]));
    cleanup();
    expect(store.getState().comments.isFollowing).toBe(true);
  });
});

test("what silenced people said is not led to", () => {
  const quote = () => screen.getByRole<HTMLButtonElement>("button", { name: /In reply to/u });
  const reply = { id: "1", name: "Bo", text: "why" };
  take(frame(11, [{ type: "comment.posted", comment: comment(2, { reply }) }]));
  expect(quote().disabled).toBe(false);
  act(() => actions.mute({ id: "8", name: "Bo" }));
  expect(quote().disabled).toBe(true);
});

test("a quote that leads nowhere says so, and the list goes on", async () => {
  vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new Error("offline")));
  const reply = { id: "999", name: "Cy", text: "why" };
  take(frame(11, [{ type: "comment.posted", comment: comment(2, { reply }) }]));
  fireEvent.click(screen.getByRole("button", { name: /In reply to/u }));
  expect(await screen.findByText("This comment could not be fetched.")).toBeTruthy();
  expect(store.getState().comments.isFollowing).toBe(true);
});
