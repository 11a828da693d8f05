import { type RefObject, useEffect } from "react";
import { leaveTheatre, shape, toggleFull, toggleTheatre } from "../settings/shape";
import { isStray, isTyping, useStrayKeys } from "./typing";
import { useMediaQuery, WIDE } from "./useMediaQuery";
import { useSession } from "./useRoom";

/**
 * `t` for the theatre, `f` for full screen. Esc leaves the theatre, unless it has something nearer
 * to leave: a menu, a field, or a place further up in the comments.
 */
export function useShapeKeys(app: RefObject<HTMLElement | null>): void {
  const { store } = useSession();
  const isWide = useMediaQuery(WIDE);
  useStrayKeys();
  useEffect(() => {
    if (!isWide) return;
    const stop = new AbortController();
    let isFree = true;
    const look = () => {
      const { comments, menu } = store.getState();
      isFree = comments.isFollowing && menu.open === null;
    };
    const onKey = (event: KeyboardEvent) => {
      const { key, target } = event;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(target) || isStray(event)) return;
      if (key === "t") toggleTheatre();
      else if (key === "f" && app.current !== null) toggleFull(app.current);
      else if (key === "Escape" && isFree && shape.store.getState().stage === "theatre")
        leaveTheatre();
    };
    // Before anybody else hears of the key, and after all others have.
    window.addEventListener("keydown", look, { capture: true, signal: stop.signal });
    window.addEventListener("keydown", onKey, { signal: stop.signal });
    return () => stop.abort();
  }, [app, isWide, store]);
}
