import { type RefObject, useEffect } from "react";
import { useSession } from "../hooks/useRoom";

/**
 * The feed stands still while the mouse is on it or one of its rows has the focus, so that nothing
 * moves away from under a click; and as long as somebody wants it to (`isHeldRef`). It goes on by
 * itself once nothing of that is so, or it would stop behind one's back.
 */
export function useStandingStill(
  ref: RefObject<HTMLElement | null>,
  isHeldRef: RefObject<boolean>,
): void {
  const { actions, store } = useSession();
  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    const stop = new AbortController();
    const listen = { signal: stop.signal };
    let isOver = false;
    const release = () => {
      const { menu } = store.getState();
      // A window that is only left for another one keeps its focus.
      const hasFocus = !document.hasFocus() || list.querySelector(":focus-visible") !== null;
      if (!isOver && !hasFocus && !isHeldRef.current && menu.open === null) actions.follow();
    };
    // By then the focus is where it goes.
    const releaseSoon = () => window.setTimeout(release);
    const onPointer = (event: PointerEvent, isEntering: boolean) => {
      if (event.pointerType !== "mouse") return;
      isOver = isEntering;
      if (isEntering) {
        actions.hold("pointer");
        return;
      }
      actions.release("pointer");
      release();
    };
    list.addEventListener("pointerenter", (event) => onPointer(event, true), listen);
    list.addEventListener("pointerleave", (event) => onPointer(event, false), listen);
    list.addEventListener("focusout", releaseSoon, listen);
    const stopWatching = store.subscribe(({ menu }, before) => {
      if (menu.open === null && before.menu.open !== null) releaseSoon();
    });
    return () => {
      stop.abort();
      stopWatching();
    };
  }, [ref, isHeldRef, actions, store]);
}
