// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { createViewerStore, type ViewerStore } from "../store";
import { changeDeed, finishDeed } from "../store/deeds";
import { AnnouncePanel } from "./AnnouncePanel";

const boot = { slug: "demo", user: { id: 7, name: "Ana" } } as unknown as Boot;
const sent = vi.fn((_ref: string, action: unknown) => action !== null);
let store: ViewerStore;

const words = () => screen.getByRole<HTMLInputElement>("textbox");
const button = () => screen.getByRole<HTMLButtonElement>("button", { name: "Announce" });
const write = (value: string) => fireEvent.change(words(), { target: { value } });
const ref = () => sent.mock.lastCall?.[0] ?? "";
const answered = () =>
  act(() => store.setState(({ deeds }) => ({ deeds: finishDeed(deeds, ref(), null) })));

beforeEach(() => {
  sent.mockClear();
  store = createViewerStore();
  const actions = createActions(boot, store, { act: sent } as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <AnnouncePanel />
    </RoomContext>,
  );
});

afterEach(cleanup);

describe("an announcement that went out", () => {
  test("leaves the form empty, and the focus in it", () => {
    const field = words();
    act(() => field.focus());
    write("We begin late");
    fireEvent.submit(field.form as HTMLFormElement);
    expect(sent).toHaveBeenCalledOnce();
    answered();
    expect(words()).toBe(field);
    expect(field.value).toBe("");
    expect(document.activeElement).toBe(field);
  });

  test("leaves the focus on its button, which then sends nothing", () => {
    write("We begin late");
    act(() => button().focus());
    fireEvent.click(button());
    answered();
    expect(button().disabled).toBe(false);
    expect(button().getAttribute("aria-disabled")).toBe("true");
    expect(document.activeElement).toBe(button());
    fireEvent.click(button());
    expect(sent).toHaveBeenCalledOnce();
  });

  test("does not take the next one that is written meanwhile", () => {
    write("We begin late");
    fireEvent.click(button());
    write("We have begun");
    answered();
    expect(words().value).toBe("We have begun");
  });
});

test("an announcement that was refused stays in the form", () => {
  write("We begin late");
  fireEvent.click(button());
  act(() =>
    store.setState(({ deeds }) => ({ deeds: changeDeed(deeds, ref(), { state: "refused" }) })),
  );
  expect(words().value).toBe("We begin late");
});
