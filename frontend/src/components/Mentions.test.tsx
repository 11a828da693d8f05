// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { comment } from "live-comments-client/testing/messages";
import type { RoomSocket } from "live-comments-client";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import { createViewerStore, type ViewerStore } from "../store";
import { insertComments } from "../store/comments";
import { Composer } from "./Composer";

const boot = {
  slug: "demo",
  user: { id: 7, name: "Ana" },
  broadcaster: { id: 1, name: "Host" },
  started_at: null,
} as unknown as Boot;

let store: ViewerStore;
const post = vi.fn();

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox");
const options = () => screen.queryAllByRole("option").map(({ textContent }) => textContent);
const active = () => {
  const id = field().getAttribute("aria-activedescendant");
  return id && document.getElementById(id)?.textContent;
};

function type(value: string, init: EventInit & { isComposing?: boolean } = {}): void {
  field().focus();
  fireEvent.input(field(), { target: { value }, ...init });
}

function press(key: string, init = {}): void {
  fireEvent.keyDown(field(), { key, ...init });
}

/** As browsers do it: past the property of the element that React listens to. */
function setRangeText(this: HTMLTextAreaElement, text: string, start = 0, end = 0): void {
  const { value } = this;
  const caret = start + text.length;
  const next = value.slice(0, start) + text + value.slice(end);
  Reflect.set(HTMLTextAreaElement.prototype, "value", next, this);
  this.setSelectionRange(caret, caret);
}

beforeEach(async () => {
  vi.spyOn(HTMLTextAreaElement.prototype, "setRangeText").mockImplementation(setRangeText);
  post.mockReset();
  store = createViewerStore();
  const people = [
    ["2", "Bo"],
    ["3", "Åsa Berg"],
    ["4", "Bob"],
  ] as const;
  const said = people.map(([id, name], index) => comment(index + 1, { user: { id, name } }));
  store.setState(({ comments }) => ({ comments: insertComments(comments, said) }));
  const socket = { post } as unknown as RoomSocket;
  const actions = createActions(boot, store, socket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <Composer />
    </RoomContext>,
  );
  act(() => field().focus());
  await vi.waitFor(() => expect(screen.getAllByRole("status")).toHaveLength(5));
});

afterEach(cleanup);

test("people whose name goes on like this, chosen by arrows and Enter", () => {
  type("hi @b");
  expect(options()).toEqual(["Bob", "Bo", "Åsa Berg"]);
  expect(active()).toBe("Bob");
  expect(field().getAttribute("aria-controls")).toBe(screen.getByRole("listbox").id);
  expect(screen.getByText("3 people found").getAttribute("role")).toBe("status");
  press("ArrowUp");
  expect(active()).toBe("Åsa Berg");
  press("Enter");
  expect(field().value).toBe("hi @Åsa Berg ");
  expect(options()).toEqual([]);
  expect(field().hasAttribute("aria-activedescendant")).toBe(false);
  expect(post).not.toHaveBeenCalled();
  press("Enter");
  expect(post.mock.lastCall).toMatchObject([{ text: "hi @Åsa Berg" }]);
});

test("chosen by Tab, in the middle of a text", () => {
  type("hi @asa there");
  field().setSelectionRange(7, 7);
  fireEvent(document, new Event("selectionchange"));
  press("Tab");
  expect(field().value).toBe("hi @Åsa Berg there");
  expect(field().selectionStart).toBe(13);
});

test("chosen by a click, which leaves the focus in the field", () => {
  type("@as");
  const option = within(screen.getByRole("listbox")).getByRole("option");
  expect(fireEvent.mouseDown(option)).toBe(false);
  fireEvent.click(option);
  expect(field().value).toBe("@Åsa Berg ");
  expect(document.activeElement).toBe(field());
});

test("Escape closes the list alone, and it stays closed for this name", () => {
  act(() =>
    store.setState(({ composer }) => ({
      composer: { ...composer, replyTo: { id: "1", name: "Bo" } },
    })),
  );
  const onPageKey = vi.fn();
  document.addEventListener("keydown", onPageKey);
  type("@b");
  expect(options()[0]).toBe("BoReplying to");
  press("Escape");
  document.removeEventListener("keydown", onPageKey);
  expect(options()).toEqual([]);
  expect(onPageKey).not.toHaveBeenCalled();
  expect(store.getState().composer.replyTo?.id).toBe("1");
  type("@bo");
  expect(options()).toEqual([]);
  type("@bo @b");
  expect(options()).not.toEqual([]);
});

test("a name that is complete is sent by Enter", () => {
  type("@åsa berg");
  expect(options()).toEqual([]);
  press("Enter");
  expect(post).toHaveBeenCalledOnce();
});

test("what an input method composes opens nothing and chooses nothing", () => {
  fireEvent.compositionStart(field());
  type("@b");
  expect(options()).toEqual([]);
  fireEvent.compositionEnd(field());
  expect(options()).toHaveLength(3);
  press("Enter", { isComposing: true });
  press("Enter", { keyCode: 229 });
  expect(field().value).toBe("@b");
  expect(post).not.toHaveBeenCalled();
});

test("the list does not change under the hand when somebody speaks", () => {
  type("@b");
  act(() =>
    store.setState(({ comments }) => ({
      comments: insertComments(comments, [comment(9, { user: { id: "9", name: "Bea" } })]),
    })),
  );
  expect(options()).toEqual(["Bob", "Bo", "Åsa Berg"]);
  type("@be");
  expect(options()).toEqual(["Åsa Berg"]);
});
