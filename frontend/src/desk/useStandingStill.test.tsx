// @vitest-environment happy-dom
import { act, cleanup, render } from "@testing-library/react";
import { useRef } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createActions, type RoomActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { comment } from "live-comments-client/testing/messages";
import { createViewerStore, type ViewerStore } from "../store";
import { subjectOfComment } from "../store/menu";
import { useStandingStill } from "./useStandingStill";

const boot = { slug: "demo", user: null } as unknown as Boot;
let store: ViewerStore;
let actions: RoomActions;
let isHovered: boolean;

function List() {
  const ref = useRef<HTMLDivElement>(null);
  useStandingStill(ref);
  return <div ref={ref} data-list="feed" />;
}

const list = () => document.querySelector<HTMLElement>("[data-list]") as HTMLElement;
const mouse = (type: "pointerenter" | "pointerleave") =>
  act(() => void list().dispatchEvent(new PointerEvent(type, { pointerType: "mouse" })));
const openMenu = () => act(() => actions.openMenu(subjectOfComment(comment(1)), list()));
const closeMenu = () =>
  act(async () => {
    actions.closeMenu();
    await new Promise((done) => setTimeout(done, 100));
  });
const isFollowing = () => store.getState().comments.isFollowing;

beforeEach(() => {
  store = createViewerStore();
  actions = createActions(boot, store, {} as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <List />
    </RoomContext>,
  );
  vi.spyOn(list(), "matches").mockImplementation(() => isHovered);
});

afterEach(cleanup);

test("a menu that takes the mouse from the list and gives it back lets nothing move", async () => {
  mouse("pointerenter");
  openMenu();
  mouse("pointerleave");
  isHovered = true;
  await closeMenu();
  expect(isFollowing()).toBe(false);
  mouse("pointerleave");
  expect(isFollowing()).toBe(true);
});

test("the list goes on after a menu when the mouse is elsewhere by then", async () => {
  mouse("pointerenter");
  openMenu();
  mouse("pointerleave");
  isHovered = false;
  await closeMenu();
  expect(isFollowing()).toBe(true);
});

test("neither the mouse nor a menu ends a pause of the reader", async () => {
  isHovered = false;
  mouse("pointerenter");
  actions.pause();
  openMenu();
  await closeMenu();
  mouse("pointerleave");
  expect(isFollowing()).toBe(false);
});
