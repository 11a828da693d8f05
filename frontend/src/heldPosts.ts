import type { ViewerStore } from "./store";
import { expireHeld } from "./store/outbox";

/** Looked at rather than awaited: a timer of minutes stands still while the machine sleeps. */
const LOOK_MS = 5_000;

/**
 * Ends posts that wait for a moderator when none can decide any more: how it ended may have been
 * told while this page was away. Returns the way to stop it.
 */
export function endHeldPosts(store: ViewerStore): () => void {
  const timer = window.setInterval(() => {
    const { outbox } = store.getState();
    const ended = expireHeld(outbox, Date.now());
    if (ended !== outbox) store.setState({ outbox: ended });
  }, LOOK_MS);
  return () => window.clearInterval(timer);
}
