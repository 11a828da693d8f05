import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { focusRow } from "../hooks/useRowKeys";

/** When the row in focus is decided and leaves its list, the next one gets the focus. */
export function useKeptFocus(ref: RefObject<HTMLElement | null>): void {
  const place = useRef<number | null>(null);

  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      const row = target instanceof Element ? target.closest("[data-row]") : null;
      const list = ref.current;
      const isInside = row !== null && list !== null && list.contains(row);
      place.current = isInside ? [...list.querySelectorAll("[data-row]")].indexOf(row) : null;
    };
    const onPress = ({ target }: PointerEvent) => {
      if (!(target instanceof Node && ref.current?.contains(target))) place.current = null;
    };
    document.addEventListener("focusin", onFocus);
    document.addEventListener("pointerdown", onPress);
    return () => {
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("pointerdown", onPress);
    };
  }, [ref]);

  useLayoutEffect(() => {
    if (place.current === null || document.activeElement !== document.body) return;
    const rows = ref.current?.querySelectorAll<HTMLElement>("[data-row]");
    const row = rows?.[Math.min(place.current, rows.length - 1)];
    if (row) focusRow(row);
  });
}
