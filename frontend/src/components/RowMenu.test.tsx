// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import { subjectOfComment } from "../store/menu";
import { comment } from "live-comments-client/testing/messages";
import { RowMenu } from "./RowMenu";

const boot = { slug: "demo", user: null } as unknown as Boot;
let store: ViewerStore;

/** The menu of a comment by Bo, open. */
function show(): void {
  store = createViewerStore();
  const actions = createActions(boot, store, {} as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <RowMenu />
    </RoomContext>,
  );
  const subject = subjectOfComment(
    comment(5, { user: { id: "8", name: "Bo" }, text: "Like this" }),
  );
  act(() => actions.openMenu(subject, document.body));
}

const item = (name: string) => screen.getByRole("menuitem", { name });

beforeEach(show);
afterEach(cleanup);

test("Escape closes it, unless it ends what an input method composes", () => {
  fireEvent.keyDown(item("Copy text"), { key: "Escape", isComposing: true });
  fireEvent.keyDown(item("Copy text"), { key: "Escape", keyCode: 229 });
  expect(item("Copy text")).toBeTruthy();
  fireEvent.keyDown(item("Copy text"), { key: "Escape" });
  expect(screen.queryByRole("menu")).toBeNull();
});

describe("the text of a comment", () => {
  const choose = () => fireEvent.click(item("Copy text"));
  const told = () => screen.getByRole("status").textContent;

  test("is copied, which is said before the menu goes", async () => {
    const writeText = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue(undefined);
    choose();
    await waitFor(() => expect(told()).toBe("Copied"));
    expect(item("Copied")).toBeTruthy();
    expect(writeText).toHaveBeenCalledExactlyOnceWith("Like this");
    await waitFor(() => expect(screen.queryByRole("menu")).toBeNull(), { timeout: 2_000 });
  });

  test.each([
    ["a frame that may not", { writeText: () => Promise.reject(new Error("not allowed")) }],
    ["a page without encryption", undefined],
  ])("cannot be copied in %s, and it says so", async (_, clipboard) => {
    vi.spyOn(navigator, "clipboard", "get").mockReturnValue(clipboard as unknown as Clipboard);
    choose();
    await waitFor(() => expect(told()).toBe("Could not copy"));
    expect(item("Could not copy")).toBeTruthy();
  });
});
