import type { OpenMenu } from "./store/menu";

const MARGIN_PX = 8;

/** Beside what opened it, within the window; a phone shows it at the bottom instead. */
export function placeMenu(box: HTMLElement, { top, bottom, left, right }: OpenMenu["at"]): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const lowest = window.innerHeight - height - MARGIN_PX;
  const isRoomBelow = bottom + 4 <= lowest;
  const y = Math.max(MARGIN_PX, Math.min(isRoomBelow ? bottom + 4 : top - height - 4, lowest));
  // It ends where its button does, which is the left side where lines run to the left.
  const isRtl = document.documentElement.dir === "rtl";
  const rightmost = window.innerWidth - MARGIN_PX - width;
  const x = Math.max(MARGIN_PX, Math.min(isRtl ? left : right - width, rightmost));
  box.style.setProperty("--x", `${x}px`);
  box.style.setProperty("--y", `${y}px`);
}
