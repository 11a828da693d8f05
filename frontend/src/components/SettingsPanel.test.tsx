// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { createViewerStore } from "../store";
import { SettingsPanel } from "./SettingsPanel";

const languages = [
  { code: "en", name: "English" },
  { code: "ar", name: "العربية" },
];

function show(view: Boot["view"]): void {
  const boot = { slug: "demo", user: null, language: "en", languages, view } as unknown as Boot;
  const store = createViewerStore();
  const actions = createActions(boot, store, {} as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <SettingsPanel opener={{ current: null }} onClose={() => undefined} />
    </RoomContext>,
  );
}

const choice = () => screen.queryByRole("combobox", { name: "Language" });

afterEach(cleanup);

test("the language is a choice on pages that can keep it, and none in a frame", () => {
  show("watch");
  expect(choice()).not.toBeNull();
  cleanup();
  show("embed");
  expect(screen.getByRole("heading", { name: "Settings" })).toBeTruthy();
  expect(choice()).toBeNull();
});
