// @vitest-environment happy-dom
import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import * as rising from "../reactions/rising";
import { createViewerStore, type ViewerStore } from "../store";
import { pressReaction } from "../store/reactions";
import { ReactionLayer } from "./ReactionLayer";

const boot = { slug: "demo", user: null } as unknown as Boot;
let store: ViewerStore;
let frames: FrameRequestCallback[];

function press(): void {
  act(() =>
    store.setState(({ reactions }) => ({
      reactions: pressReaction(reactions, "like", Date.now()),
    })),
  );
}

beforeEach(() => {
  store = createViewerStore();
  frames = [];
  vi.spyOn(window, "requestAnimationFrame").mockImplementation((draw) => frames.push(draw));
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue({} as never);
  const actions = createActions(boot, store, {} as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <ReactionLayer />
    </RoomContext>,
  );
});

afterEach(cleanup);

test("a picture that cannot be drawn keeps nothing from others, nor the next from being drawn", () => {
  const draw = vi.spyOn(rising, "drawFloats").mockImplementation(() => {
    throw new DOMException("broken", "InvalidStateError");
  });
  const heard = vi.fn();
  store.subscribe(heard);
  press();
  expect(heard).toHaveBeenCalledOnce();
  expect(() => frames[0]?.(0)).toThrow("broken");
  press();
  expect(() => frames[1]?.(0)).toThrow("broken");
  expect(draw).toHaveBeenCalledTimes(2);
});
