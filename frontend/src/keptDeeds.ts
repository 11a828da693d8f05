import type { Boot } from "./boot";
import type { ViewerStore } from "./store";
import { addDeed, type Deed } from "./store/deeds";

/** What can still be taken back, and what was; the rest is only news. */
function isWorthKeeping({ state, undo, undoes }: Deed): boolean {
  return undoes === null && undo !== null && (state === "done" || state === "undone");
}

/**
 * Keeps this person's actions in a stream over a reload of this tab, so that they can still be taken
 * back. As many as the list holds; storage may be switched off: then they end with the page.
 */
export function keepDeeds(store: ViewerStore, { slug, user }: Boot): () => void {
  if (user === null) return () => undefined;
  const name = `deeds:${slug}:${user.id}`;
  try {
    const stored = JSON.parse(window.sessionStorage.getItem(name) ?? "[]") as Deed[];
    store.setState(({ deeds }) => ({
      deeds: stored.filter(isWorthKeeping).reduce(addDeed, deeds),
    }));
  } catch {
    // switched off, or not what this page wrote: the list begins empty
  }
  let saved = store.getState().deeds.list;
  return store.subscribe(({ deeds: { list } }) => {
    if (list === saved) return;
    saved = list;
    try {
      window.sessionStorage.setItem(name, JSON.stringify(list.filter(isWorthKeeping)));
    } catch {
      // full or switched off: the list still lives in the page
    }
  });
}
