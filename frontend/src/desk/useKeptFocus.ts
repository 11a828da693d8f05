import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { focusRow } from "../hooks/useRowKeys";

/** The row that has the focus, and which of its list it is. */
interface Held {
  row: HTMLElement;
  place: number;
}

function placeOf(row: Element, list: HTMLElement): number {
  return [...list.querySelectorAll("[data-row]")].indexOf(row);
}

/**
 * When the row in focus is decided and leaves its list, the next one gets the focus. Whoever left the
 * row is not brought back: their next key would decide what they have not looked at.
 */
export function useKeptFocus(ref: RefObject<HTMLElement | null>): void {
  const held = useRef<Held | null>(null);

  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
      const list = ref.current;
      const isInside = row !== null && list !== null && list.contains(row);
      held.current = isInside ? { row, place: placeOf(row, list) } : null;
    };
    // A row that goes away may lose the focus first, while it still stands there; and a window that
    // is only left keeps its own.
    const onBlur = () => {
      const left = held.current;
      queueMicrotask(() => {
        if (left === null || left !== held.current || !left.row.isConnected) return;
        if (!left.row.contains(document.activeElement)) held.current = null;
      });
    };
    document.addEventListener("focusin", onFocus);
    document.addEventListener("focusout", onBlur);
    return () => {
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("focusout", onBlur);
    };
  }, [ref]);

  useLayoutEffect(() => {
    const list = ref.current;
    const left = held.current;
    if (list === null || left === null) return;
    // Others may have decided those above it.
    if (left.row.isConnected) left.place = placeOf(left.row, list);
    if (document.activeElement !== document.body) return;
    held.current = null;
    const rows = list.querySelectorAll<HTMLElement>("[data-row]");
    // One that was only moved within its list is still the one that is looked at.
    const row = left.row.isConnected ? left.row : rows[Math.min(left.place, rows.length - 1)];
    if (row) focusRow(row);
  });
}
