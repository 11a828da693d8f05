// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apply } from "../apply";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { ServerMessage } from "../protocol.gen";
import type { RoomSocket } from "../socket";
import { createViewerStore, type ViewerStore } from "../store";
import { comment, frame, posted, welcome } from "../testing/messages";
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
  actions = createActions(boot, store, { post } as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <CommentList />
    </RoomContext>,
  );
  take(welcome({ you, recent: [comment(1, { user: { id: "8", name: "Bo" } })] }));
});

afterEach(cleanup);

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

  test("refused: says why and goes out again under a new nonce", () => {
    say("hello");
    const first = nonce();
    take({ type: "error", code: "address_limited", message: "", ref: first });
    expect(screen.getByText(/Too many comments from your network/u)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Retry" }));
    expect(post).toHaveBeenCalledTimes(2);
    expect(nonce()).not.toBe(first);
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
