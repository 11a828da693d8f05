import { type RefObject, useEffect } from "react";

/** Arrow keys walk through the rows of a list. */
export function useRowKeys(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      const rows = [...list.querySelectorAll<HTMLElement>("[data-row]")];
      const present = rows.findIndex((row) => row.contains(document.activeElement));
      const step = event.key === "ArrowUp" ? -1 : 1;
      const next = present === -1 ? rows.length - 1 : present + step;
      const row = rows[Math.min(Math.max(next, 0), rows.length - 1)];
      if (row === undefined) return;
      event.preventDefault();
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    };
    list.addEventListener("keydown", onKey);
    return () => list.removeEventListener("keydown", onKey);
  }, [ref]);
}
