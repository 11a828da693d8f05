import { type RefObject, useEffect } from "react";
import { useSession } from "../hooks/useRoom";

/** A browser finds out within a frame or two what is under a mouse that did not move. */
const FRAMES = 2;

/**
 * The feed stands still while the mouse is on it, so that nothing moves away from under a click. It
 * goes on by itself after that, or it would stop behind one's back; but not if somebody reads back or
 * wants it to stand still.
 */
export function useStandingStill(ref: RefObject<HTMLElement | null>): void {
  const { actions, store } = useSession();
  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    const stop = new AbortController();
    const listen = { signal: stop.signal };
    const onEnter = ({ pointerType }: PointerEvent) => {
      if (pointerType === "mouse") actions.hold("pointer");
    };
    // What is open over the list takes the mouse from it, which may not have moved at all.
    const onLeave = ({ pointerType }: PointerEvent) => {
      if (pointerType === "mouse" && store.getState().menu.open === null)
        actions.release("pointer");
    };
    const look = (framesLeft: number) => {
      if (stop.signal.aborted || store.getState().menu.open !== null) return;
      if (framesLeft > 0) requestAnimationFrame(() => look(framesLeft - 1));
      else if (!list.matches(":hover")) actions.release("pointer");
    };
    list.addEventListener("pointerenter", onEnter, listen);
    list.addEventListener("pointerleave", onLeave, listen);
    const stopWatching = store.subscribe(({ menu }, before) => {
      if (menu.open === null && before.menu.open !== null) look(FRAMES);
    });
    return () => {
      stop.abort();
      stopWatching();
      actions.release("pointer");
    };
  }, [ref, actions, store]);
}
