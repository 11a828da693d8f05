import { useEffect } from "react";
import { isOfInputMethod } from "../fieldText";
import { useSession } from "./useRoom";

/** True where letters are typed, or choose among options. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}

/** `/` goes to the composer, Esc back to the live end. */
export function useShortcuts(): void {
  const { actions } = useSession();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isOfInputMethod(event)) return;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/" && !isTyping(event.target)) {
        event.preventDefault();
        actions.focusComposer();
      } else if (event.key === "Escape") {
        document.getSelection()?.removeAllRanges();
        actions.follow();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [actions]);
}
