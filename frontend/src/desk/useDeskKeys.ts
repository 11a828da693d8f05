import { useEffect, useRef } from "react";
import { focusRow } from "../hooks/useRowKeys";
import { useSession } from "../hooks/useRoom";
import { isStray, isTyping, useStrayKeys } from "../hooks/typing";

const LISTS: Record<string, string> = { 1: "feed", 2: "waiting", 3: "reported", 4: "flagged" };

/** Where a key without a row in focus goes to find one: to decide, never into the feed. */
const ANYWHERE = ["waiting", "reported", "flagged", "feed"];
const ROW_KEYS: Record<string, readonly string[]> = {
  ...Object.fromEntries("j k h H t b w c C p m".split(" ").map((key) => [key, ANYWHERE])),
  a: ["waiting", "reported", "flagged"],
  x: ["waiting"],
  X: ["waiting"],
};

function rowsOf(list: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-list="${list}"] [data-row]`)];
}

/** The row to begin with: the oldest that waits, but the newest of the feed. */
function firstOf(list: string): HTMLElement | undefined {
  return list === "feed" ? rowsOf(list).at(-1) : rowsOf(list)[0];
}

/** To the first row of the first of these lists that has one. A feed stands still for it. */
function goTo(lists: readonly string[]): void {
  const row = lists.map(firstOf).find((one) => one !== undefined);
  if (row) focusRow(row);
}

/** Keys of the whole desk; those of a row are its list's own (hooks/useRowKeys.ts). */
export function useDeskKeys(onHelp: () => void): void {
  const { actions, store } = useSession();
  const help = useRef(onHelp);
  useStrayKeys();
  useEffect(() => {
    help.current = onHelp;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isOurs = !event.defaultPrevented && !isTyping(event.target) && !isStray(event);
      if (!isOurs || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (store.getState().menu.open !== null) return;
      // What is open over the desk has the keys, also when a press in it took the focus to nowhere.
      if (document.querySelector("dialog[open]") !== null) return;
      const { key } = event;
      const list = LISTS[key];
      if (key === "?") help.current();
      else if (key === "Escape") {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        actions.follow();
      } else if (key === "/") {
        event.preventDefault();
        actions.focusComposer();
      } else if (key === "f") {
        if (store.getState().comments.isFollowing) actions.pause();
        else actions.follow();
      } else if (list !== undefined) goTo([list]);
      else if (document.activeElement?.closest("[data-row]")) return;
      else if (key === "u") actions.undo();
      // Nothing is done to a row that nobody has looked at: the first key only goes there.
      else goTo(ROW_KEYS[key] ?? []);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [actions, store]);
}
