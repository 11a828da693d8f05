import { type RefObject, useEffect } from "react";
import { strike } from "../rowKeys";
import { isStaffRole } from "../rights";
import { subjectOfRow } from "../store/subjects";
import { isStray, useStrayKeys } from "./typing";
import { useSession } from "./useRoom";

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, k: -1, j: 1 };

/** The row beside the one that has the focus: the last one when none has. */
export function neighbour(list: Element, step: number): HTMLElement | undefined {
  const rows = [...list.querySelectorAll<HTMLElement>("[data-row]")];
  const present = rows.findIndex((row) => row.contains(document.activeElement));
  const next = present === -1 ? rows.length - 1 : present + step;
  return rows[Math.min(Math.max(next, 0), rows.length - 1)];
}

export function focusRow(row: HTMLElement): void {
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

/** How much of a row has to be on the screen for somebody to have seen it. */
const SEEN_PX = 16;

/** True while a row can be seen, in its list and in the window. */
export function isInView(row: Element): boolean {
  const { top, bottom, height } = row.getBoundingClientRect();
  const box = row.closest("[data-scrolls]")?.getBoundingClientRect();
  const from = Math.max(top, box?.top ?? 0, 0);
  const to = Math.min(bottom, box?.bottom ?? Infinity, window.innerHeight);
  return to - from >= Math.min(height, SEEN_PX);
}

/** Keys within a list: arrows (or j and k) walk through its rows, letters act on the one in focus. */
export function useRowKeys(ref: RefObject<HTMLElement | null>): void {
  const { store, actions } = useSession();
  useStrayKeys();
  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    const walk = (event: KeyboardEvent, step: number) => {
      const row = neighbour(list, step);
      if (row === undefined) return;
      event.preventDefault();
      focusRow(row);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isStray(event)) return;
      const step = STEPS[event.key];
      if (step !== undefined) {
        walk(event, step);
        return;
      }
      // A key that is held down walks on, but acts once.
      if (event.repeat) return;
      const state = store.getState();
      const { you } = state.room;
      if (event.key === "u" && you !== null && isStaffRole(you.role)) {
        actions.undo();
        return;
      }
      // On a button of the row, Enter presses the button.
      const { target } = event;
      if (!(target instanceof HTMLElement) || target.dataset.row === undefined) return;
      const subject = subjectOfRow(state, target.dataset.row);
      if (subject === null) return;
      // A list may give a key to a button of its rows.
      const button = target.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
      const does = button ? () => button.click() : strike(event.key, target, subject, you, actions);
      if (does === null) return;
      event.preventDefault();
      // Nothing is done to a row that nobody can see: the first key only brings it back.
      if (isInView(target)) does();
      else focusRow(target);
    };
    list.addEventListener("keydown", onKey);
    return () => list.removeEventListener("keydown", onKey);
  }, [ref, store, actions]);
}
