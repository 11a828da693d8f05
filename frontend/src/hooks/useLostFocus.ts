import { type RefObject, useEffect } from "react";

/**
 * Gives the focus to the list of comments when what had it goes away: a notice that was dismissed,
 * an action that was taken back, the composer of a room that was closed. Otherwise whoever goes by
 * key would begin again at the top of the page.
 */
export function useLostFocus(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const part = ref.current;
    if (part === null) return;
    let held: Element | null = null;
    const watching = new MutationObserver(() => {
      if (held === null || held.isConnected) return;
      forget();
      if (document.activeElement !== document.body) return;
      part.querySelector<HTMLElement>("[role=log]")?.focus({ preventScroll: true });
    });
    const forget = () => {
      held = null;
      watching.disconnect();
    };
    // It watches only while there is something to lose.
    const onFocus = ({ target }: FocusEvent) => {
      held = target as Element;
      watching.observe(part, { childList: true, subtree: true });
    };
    // What goes away with the focus may lose it first, while it still stands there.
    const onBlur = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        if (held === target && held?.isConnected) forget();
      });
    part.addEventListener("focusin", onFocus);
    part.addEventListener("focusout", onBlur);
    return () => {
      forget();
      part.removeEventListener("focusin", onFocus);
      part.removeEventListener("focusout", onBlur);
    };
  }, [ref]);
}
