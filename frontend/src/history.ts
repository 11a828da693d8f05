import { fetchOlder } from "./api";
import type { Boot } from "./boot";
import type { ViewerStore } from "./store";
import { drawMore, hasUndrawn, insertOlder, pauseFollowing } from "./store/comments";

/** With fewer rows than this the panel looks empty, so what was said before is fetched unasked. */
const ROWS_ENOUGH = 20;

/** Puts the page of comments before the first row above it. */
async function fetchMore(boot: Boot, store: ViewerStore): Promise<void> {
  const { comments } = store.getState();
  if (!comments.hasOlder || comments.older === "loading") return;
  const firstId = comments.entries[0]?.id;
  store.setState({ comments: { ...comments, older: "loading" } });
  try {
    const page = await fetchOlder(boot, firstId);
    const { comments: now } = store.getState();
    if (now.entries[0]?.id === firstId) {
      store.setState({ comments: insertOlder(now, page.comments, page.hasOlder) });
    } else {
      // The list began afresh while the page was on its way: the page no longer joins on.
      store.setState({ comments: { ...now, older: "idle" } });
      fillUp(boot, store);
    }
  } catch {
    store.setState((state) => ({ comments: { ...state.comments, older: "failed" } }));
  }
}

/** Shows what was said before the first row: from the page's memory, else from the server. */
export function readBack(boot: Boot, store: ViewerStore): void {
  const { comments } = store.getState();
  if (hasUndrawn(comments)) {
    store.setState({ comments: drawMore(comments) });
    return;
  }
  store.setState({ comments: pauseFollowing(comments) });
  void fetchMore(boot, store);
}

/** After a welcome with few comments, as in a stream that ended long ago. */
export function fillUp(boot: Boot, store: ViewerStore): void {
  const { entries } = store.getState().comments;
  if (entries.length < ROWS_ENOUGH) void fetchMore(boot, store);
}
