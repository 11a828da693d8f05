import { useEffect } from "react";
import { isOfInputMethod } from "../fieldText";
import { isStray, isTyping, useStrayKeys } from "./typing";
import { useSession } from "./useRoom";

/** `/` goes to the composer, Esc back to the live end. */
export function useShortcuts(): void {
  const { actions } = useSession();
  useStrayKeys();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isOfInputMethod(event)) return;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/" && !isTyping(event.target) && !isStray(event)) {
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
