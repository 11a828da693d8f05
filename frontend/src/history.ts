import { fetchHistory } from "./api";
import type { Boot } from "./boot";
import type { ViewerStore } from "./store";
import { type CommentsState } from "./store/comments";
import {
  hold,
  insertNewer,
  insertOlder,
  pauseFollowing,
  readElsewhere,
  release,
  seek,
} from "./store/reading";

/** With fewer rows than this the panel looks empty, so what was said before is fetched unasked. */
const ROWS_ENOUGH = 20;

type Update = Partial<CommentsState> | ((comments: CommentsState) => CommentsState);

function update(store: ViewerStore, change: Update): void {
  store.setState(({ comments }) => ({
    comments: typeof change === "function" ? change(comments) : { ...comments, ...change },
  }));
}

/** Puts the page of comments before the first row above it. */
async function fetchMore(boot: Boot, store: ViewerStore): Promise<void> {
  const { comments } = store.getState();
  if (!comments.hasOlder || comments.older === "loading") return;
  const before = comments.entries[0]?.id;
  update(store, { older: "loading" });
  try {
    const page = await fetchHistory(boot, { before });
    if (store.getState().comments.entries[0]?.id === before) {
      update(store, (now) => insertOlder(now, page.comments, page.hasOlder));
    } else {
      // The list began afresh while the page was on its way: the page no longer joins on.
      update(store, { older: "idle" });
      fillUp(boot, store);
    }
  } catch {
    update(store, { older: "failed" });
  }
}

/** Reads what was said before the first row, back to the beginning of the stream. */
export function readBack(boot: Boot, store: ViewerStore): void {
  update(store, pauseFollowing);
  void fetchMore(boot, store);
}

/** Reads on below the last row, until the newest are reached. */
export async function readOn(boot: Boot, store: ViewerStore): Promise<void> {
  const { tail, newer, entries } = store.getState().comments;
  const after = entries.at(-1)?.id;
  if (tail === null || newer === "loading" || after === undefined) return;
  update(store, { newer: "loading" });
  try {
    const page = await fetchHistory(boot, { after });
    const isJoining = store.getState().comments.entries.at(-1)?.id === after;
    update(store, (now) =>
      isJoining ? insertNewer(now, page.comments, page.hasNewer) : { ...now, newer: "idle" },
    );
  } catch {
    update(store, { newer: "failed" });
  }
}

/** How many comments were looked for: only the last search says when the list goes on. */
let searches = 0;

/** Goes to a comment wherever in the stream it is; false when it is no longer to be had. */
export async function goTo(boot: Boot, store: ViewerStore, id: string): Promise<boolean> {
  const isHere = () => store.getState().comments.entries.some((entry) => entry.id === id);
  if (isHere()) {
    update(store, (now) => seek(now, id));
    return true;
  }
  searches += 1;
  const search = searches;
  update(store, (now) => hold(now, "search"));
  try {
    const page = await fetchHistory(boot, { before: String(BigInt(id) + 1n) });
    if (page.comments.at(-1)?.id !== id) return false;
    update(store, (now) => seek(readElsewhere(now, page.comments, page.hasOlder), id));
    return true;
  } catch {
    return false;
  } finally {
    if (search === searches) update(store, (now) => release(now, "search"));
  }
}

/** After a welcome with few comments, as in a stream that ended long ago. */
export function fillUp(boot: Boot, store: ViewerStore): void {
  const { entries } = store.getState().comments;
  if (entries.length < ROWS_ENOUGH) void fetchMore(boot, store);
}
