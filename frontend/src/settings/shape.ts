import { createStore } from "zustand/vanilla";
import { keepChoices } from "./kept";

/** How the watch page is laid out on this device. Tabs start alike and then go their own ways. */
export const shape = keepChoices("shape", {
  stage: ["page", "theatre"],
  chat: ["shown", "hidden"],
});

/** What lasts no longer than the page: is it full screen, and is its chat in a window of its own? */
export const passing = createStore(() => ({ isFull: false, isPoppedOut: false }));

export function toggleTheatre(): void {
  shape.change({ stage: shape.store.getState().stage === "theatre" ? "page" : "theatre" });
}

export function leaveTheatre(): void {
  shape.change({ stage: "page" });
}

export function showChat(isShown: boolean): void {
  shape.change({ chat: isShown ? "shown" : "hidden" });
}

/** iPhones know full screen for videos alone. */
export function canFill(page: Document): boolean {
  return page.fullscreenEnabled;
}

/** Fills the screen with an element, or gives it back; a browser that will not is left in peace. */
export function toggleFull(element: Element): void {
  const { ownerDocument: page } = element;
  const done = page.fullscreenElement ? page.exitFullscreen() : element.requestFullscreen();
  done.catch(() => undefined);
}

const POPOUT_SIZE = "popup,width=400,height=720";
/** A window does not say when it is closed: it is looked at this often. */
const LOOK_MS = 500;

let popout: Window | null = null;

/** Opens the chat in a window of its own, or brings that window to the front. */
export function popOut(url: string, slug: string): void {
  popout = window.open(url, `chat-${slug}`, POPOUT_SIZE);
  // Null where windows are forbidden: the chat stays here.
  if (popout === null) return;
  popout.focus();
  passing.setState({ isPoppedOut: true });
  const timer = window.setInterval(() => {
    if (popout !== null && !popout.closed) return;
    window.clearInterval(timer);
    passing.setState({ isPoppedOut: false });
  }, LOOK_MS);
}

/** Closes the chat's own window: it is shown here again. */
export function bringBackChat(): void {
  popout?.close();
  popout = null;
  passing.setState({ isPoppedOut: false });
}
