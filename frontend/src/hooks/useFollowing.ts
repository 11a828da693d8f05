import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/** Closer to the end than this counts as being there. */
const AT_END_PX = 24;
/** Closer to the start than this asks for older comments. */
const NEAR_START_PX = 120;
/** A finger that moved this far means to scroll. */
const DRAG_PX = 6;

interface Following {
  isFollowing: boolean;
  pause(): void;
  follow(): void;
  nearStart(): void;
}

interface Anchor {
  row: HTMLElement;
  top: number;
}

function isAtEnd(list: HTMLElement): boolean {
  return list.scrollHeight - list.clientHeight - list.scrollTop <= AT_END_PX;
}

/** The first row that is on the screen, and where. */
function anchorOf(list: HTMLElement): Anchor | null {
  const rows = list.querySelectorAll<HTMLElement>("[data-row]");
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row && row.offsetTop + row.offsetHeight <= list.scrollTop) low = middle + 1;
    else high = middle;
  }
  const row = rows[low];
  return row ? { row, top: row.offsetTop - list.scrollTop } : null;
}

/**
 * Keeps a list at its end while it follows, and keeps what is being read where it is while it does
 * not, whatever is added below, added above or cut. Any sign of reading back pauses it.
 */
export function useFollowing(
  ref: RefObject<HTMLElement | null>,
  following: Following,
  rows: unknown,
): void {
  const latest = useRef(following);
  const anchor = useRef<Anchor | null>(null);
  const { isFollowing } = following;

  useLayoutEffect(() => {
    latest.current = following;
  });

  useLayoutEffect(() => {
    const list = ref.current;
    if (list === null) return;
    if (isFollowing) {
      // Whatever was being read before is over: the next pause begins where the list stands then.
      anchor.current = null;
      list.scrollTop = list.scrollHeight;
      return;
    }
    const held = anchor.current;
    if (held?.row.isConnected) list.scrollTop = held.row.offsetTop - held.top;
    anchor.current = anchorOf(list);
  }, [ref, rows, isFollowing]);

  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    const stop = new AbortController();
    const listen = { signal: stop.signal, passive: true } as const;
    const pause = () => {
      if (!latest.current.isFollowing || list.scrollHeight <= list.clientHeight) return;
      anchor.current = anchorOf(list);
      latest.current.pause();
    };
    let lastTop = list.scrollTop;
    let touchY = 0;

    const onScroll = () => {
      const { scrollTop } = list;
      const isUpward = scrollTop < lastTop;
      const isDownward = scrollTop > lastTop;
      lastTop = scrollTop;
      if (latest.current.isFollowing) {
        if (isUpward && !isAtEnd(list)) pause();
        return;
      }
      anchor.current = anchorOf(list);
      if (isDownward && isAtEnd(list) && !isSelecting()) latest.current.follow();
      if (isUpward && scrollTop < NEAR_START_PX) latest.current.nearStart();
    };
    const isSelecting = () => {
      const selection = document.getSelection();
      if (selection === null || selection.isCollapsed) return false;
      return list.contains(selection.anchorNode);
    };

    list.addEventListener("scroll", onScroll, listen);
    list.addEventListener("wheel", (event) => event.deltaY < 0 && pause(), listen);
    list.addEventListener(
      "touchstart",
      (event) => {
        touchY = event.touches[0]?.clientY ?? 0;
      },
      listen,
    );
    list.addEventListener(
      "touchmove",
      (event) => (event.touches[0]?.clientY ?? 0) - touchY > DRAG_PX && pause(),
      listen,
    );
    // The scrollbar belongs to the list and lies outside of its inner width.
    list.addEventListener(
      "pointerdown",
      (event) => event.target === list && event.offsetX >= list.clientWidth && pause(),
      listen,
    );
    list.addEventListener(
      "keydown",
      (event) => {
        if (["PageUp", "ArrowUp", "Home"].includes(event.key)) pause();
        if (event.key === "End") latest.current.follow();
      },
      listen,
    );
    document.addEventListener("selectionchange", () => isSelecting() && pause(), listen);
    const resized = new ResizeObserver(() => {
      if (latest.current.isFollowing) list.scrollTop = list.scrollHeight;
    });
    // Rows grow, too, when what stands in them comes later than they do.
    for (const box of [list, ...list.children]) resized.observe(box);
    return () => {
      stop.abort();
      resized.disconnect();
    };
  }, [ref]);
}
