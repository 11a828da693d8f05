import { type RefObject, useEffect, useState } from "react";
import { useSession } from "./useRoom";

/** Rows that somebody points at or has the focus in; their buttons are shown. */
export interface ActiveRows {
  pointed: string | null;
  focused: string | null;
}

function rowOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
}

/**
 * Finds the active rows of a list, and keeps the list still while its keys or a finger are on one, or
 * the mouse on its buttons: nothing may move away from under them. `drawn` changes with what is drawn.
 */
export function useActiveRow(ref: RefObject<HTMLElement | null>, drawn: unknown): ActiveRows {
  const { actions } = useSession();
  const [pointed, setPointed] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    const stop = new AbortController();
    const listen = { signal: stop.signal };
    let lastInput = "";
    const onPoint = ({ target, pointerType }: PointerEvent) => {
      if (pointerType === "touch") return;
      setPointed(rowOf(target)?.dataset.row ?? null);
      const isOnTools = target instanceof Element && target.closest("[data-tools]") !== null;
      if (isOnTools) actions.hold("tools");
      else actions.release("tools");
    };
    const onLeave = () => {
      setPointed(null);
      actions.release("tools");
    };
    const onFocus = ({ target }: FocusEvent) => {
      const row = rowOf(target);
      setFocused(row?.dataset.row ?? null);
      if (row !== null && lastInput !== "mouse") actions.hold("focus");
    };
    // By then the focus is where it goes. A window that is only left keeps its own.
    const onBlur = () =>
      window.setTimeout(() => {
        if (!document.hasFocus()) return;
        const row = rowOf(document.activeElement);
        if (row !== null && list.contains(row)) return;
        setFocused(null);
        actions.release("focus");
      });
    const onInput = (event: Event) => {
      lastInput = event instanceof PointerEvent ? event.pointerType : "keys";
    };
    // A finger has no hover: a tap gives the row the focus.
    const onTap = ({ target }: MouseEvent) => {
      const isPressed = target instanceof Element && target.closest("button, a") !== null;
      if (lastInput === "touch" && !isPressed) rowOf(target)?.focus({ preventScroll: true });
    };
    list.addEventListener("pointerover", onPoint, listen);
    list.addEventListener("pointerleave", onLeave, listen);
    list.addEventListener("focusin", onFocus, listen);
    list.addEventListener("focusout", onBlur, listen);
    list.addEventListener("click", onTap, listen);
    document.addEventListener("pointerdown", onInput, { ...listen, capture: true });
    document.addEventListener("keydown", onInput, { ...listen, capture: true });
    return () => {
      stop.abort();
      actions.release("tools");
      actions.release("focus");
    };
  }, [ref, actions]);
  // A row that goes says nothing of it in every browser: it must not keep the list for ever.
  useEffect(() => {
    const isGone = (key: string | null) =>
      key !== null && !ref.current?.querySelector(`[data-row="${CSS.escape(key)}"]`);
    if (isGone(pointed)) {
      setPointed(null);
      actions.release("tools");
    }
    if (isGone(focused)) {
      setFocused(null);
      actions.release("focus");
    }
  }, [ref, actions, pointed, focused, drawn]);
  return { pointed, focused };
}
