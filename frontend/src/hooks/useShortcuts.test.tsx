// @vitest-environment happy-dom
import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { RoomActions } from "../actions";
import type { Boot } from "../boot";
import { createViewerStore } from "../store";
import { RoomContext } from "./useRoom";
import { useShortcuts } from "./useShortcuts";

const actions = { follow: vi.fn(), focusComposer: vi.fn() };

function Page() {
  useShortcuts();
  return null;
}

afterEach(cleanup);

test("Escape goes to the live end, unless it ends what an input method composes", () => {
  const session = {
    boot: {} as Boot,
    store: createViewerStore(),
    actions: actions as unknown as RoomActions,
  };
  render(
    <RoomContext value={session}>
      <Page />
    </RoomContext>,
  );
  fireEvent.keyDown(document.body, { key: "Escape", isComposing: true });
  fireEvent.keyDown(document.body, { key: "Escape", keyCode: 229 });
  expect(actions.follow).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: "Escape" });
  expect(actions.follow).toHaveBeenCalledOnce();
});
