import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { reachEnd, release } from "../store/reading";
import { isSelectingIn } from "./selecting";
import { useSession } from "./useRoom";
import type { Sought } from "./useRowWindow";

/** Closer to the end than this counts as being there. */
const AT_END_PX = 24;
/** Closer to the first or last row than this asks for what comes before or after. */
const NEAR_PX = 600;
/** A finger that moved this far means to scroll. */
const DRAG_PX = 6;
/** A browser's own gliding after a key or a turn of the wheel is over by then. */
const GLIDE_MS = 500;

interface Following {
  isFollowing: boolean;
  /** True while the list stands still for as long as something else lasts. */
  isHeld: boolean;
  /** True while the last row is the newest comment. */
  hasNewest: boolean;
  pause(): void;
  follow(): void;
  nearStart(): void;
  nearEnd(): void;
  /** After another shape: the place is what it is to be. */
  settled: () => void;
}

interface Anchor {
  row: HTMLElement;
  /** Below the upper edge of the list, when that was scrolled so far. */
  top: number;
  scrolled: number;
  /** Of the list, then. */
  shape: Shape;
}

/** What can be seen of a list, in pixels. */
interface Shape {
  width: number;
  height: number;
}

const toEnd = (list: HTMLElement) => list.scrollHeight - list.clientHeight - list.scrollTop;

function glideToEnd(list: HTMLElement): void {
  list.scrollTo({ top: list.scrollHeight, behavior: "smooth" });
}

function isAtEnd(list: HTMLElement): boolean {
  return toEnd(list) <= AT_END_PX;
}

function anchorAt(list: HTMLElement, row: HTMLElement | null): Anchor | null {
  const { scrollTop } = list;
  const shape = shapeOf(list);
  return row && { row, top: row.offsetTop - scrollTop, scrolled: scrollTop, shape };
}

function lastRow(list: HTMLElement): HTMLElement | null {
  return list.querySelector("[data-row]:last-child");
}

function shapeOf({ clientWidth: width, clientHeight: height }: HTMLElement): Shape {
  return { width, height };
}

/** True while it is not drawn at all, as a part of the desk on a phone: it keeps its place. */
function isPutAway(list: HTMLElement): boolean {
  return list.clientHeight === 0;
}

function isSameShape(one: Shape, other: Shape): boolean {
  return one.width === other.width && one.height === other.height;
}

/** Puts a row back to where it stood, less what the reader has scrolled since. */
function putBack(list: HTMLElement, held: Anchor): void {
  const now = shapeOf(list);
  // In the shape that it had, a scroll of which no event has told yet is the reader's own. Another
  // width may move the list on the way to its new layout, another height only at its end.
  const isTheirs =
    isSameShape(now, held.shape) || (now.width === held.shape.width && toEnd(list) > 1);
  const scrolledSince = isTheirs ? list.scrollTop - held.scrolled : 0;
  const top = held.row.offsetTop - held.top + scrolledSince;
  if (Math.abs(top - list.scrollTop) >= 1) list.scrollTop = top;
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
  return anchorAt(list, rows[low] ?? null);
}

function rowIn(list: HTMLElement, key: string): HTMLElement | null {
  return list.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
}

/** Listens to every sign that somebody reads back. */
function onReadingBack(list: HTMLElement, pause: () => void, signal: AbortSignal): void {
  const listen = { signal, passive: true } as const;
  let touchY = 0;
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
    (event) => {
      const { target, offsetX } = event;
      if (target === list && (offsetX >= list.clientWidth || offsetX < 0)) pause();
    },
    listen,
  );
  list.addEventListener(
    "keydown",
    ({ key }) => ["PageUp", "ArrowUp", "Home"].includes(key) && pause(),
    listen,
  );
  document.addEventListener("selectionchange", () => isSelectingIn(list) && pause(), listen);
}

/**
 * Keeps a list at its end while it follows, and keeps what is being read where it is while it does
 * not, whatever is added below, added above or cut. Any sign of reading back pauses it. `drawn`
 * changes with what is drawn.
 */
export function useFollowing(
  ref: RefObject<HTMLElement | null>,
  following: Following,
  drawn: unknown,
  sought: Sought | null,
): void {
  const { store } = useSession();
  const { isFollowing } = following;
  const latest = useRef(following);
  const anchor = useRef<Anchor | null>(null);
  const found = useRef(0);
  const wasFollowing = useRef(isFollowing);
  const followedAt = useRef(-GLIDE_MS);

  useLayoutEffect(() => {
    latest.current = following;
  });

  useLayoutEffect(() => {
    if (isFollowing && !wasFollowing.current) followedAt.current = performance.now();
    wasFollowing.current = isFollowing;
  }, [isFollowing]);

  useLayoutEffect(() => {
    const list = ref.current;
    if (list === null || isPutAway(list)) return;
    if (isFollowing) {
      list.scrollTop = list.scrollHeight;
      // Should something pause it, this is where it stood.
      anchor.current = anchorAt(list, lastRow(list));
      return;
    }
    const wanted =
      sought !== null && sought.count !== found.current ? rowIn(list, sought.key) : null;
    if (sought !== null && wanted !== null) {
      found.current = sought.count;
      list.scrollTop = wanted.offsetTop - (list.clientHeight - wanted.offsetHeight) / 2;
      anchor.current = null;
    }
    if (anchor.current?.row.isConnected) putBack(list, anchor.current);
    anchor.current = anchorOf(list);
  }, [ref, drawn, isFollowing, sought]);

  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    const stop = new AbortController();
    const listen = { signal: stop.signal, passive: true } as const;
    const pause = () => {
      if (list.scrollHeight <= list.clientHeight) return;
      if (latest.current.isFollowing) anchor.current = anchorOf(list);
      latest.current.pause();
    };
    // A finger that scrolls on from a row that it tapped is done with that row.
    let isByFinger = false;
    const onHand = ({ type }: Event) => {
      isByFinger = type === "touchmove";
    };
    for (const type of ["touchmove", "wheel", "keydown"]) {
      list.addEventListener(type, onHand, listen);
    }
    let lastTop = list.scrollTop;
    let lastShape = shapeOf(list);
    const onScroll = () => {
      const { scrollTop } = list;
      const isUpward = scrollTop < lastTop;
      const isDownward = scrollTop > lastTop;
      lastTop = scrollTop;
      // Another shape, and nobody's doing: `resized` is about to set it right.
      if (!isSameShape(shapeOf(list), lastShape)) return;
      if (latest.current.isFollowing) {
        if (!isUpward || isAtEnd(list)) return;
        // Chromium goes on gliding from wherever a script puts the list. Only gliding replaces it,
        // and any new sign of reading back would have paused already.
        if (performance.now() - followedAt.current < GLIDE_MS) glideToEnd(list);
        else pause();
        return;
      }
      anchor.current = anchorOf(list);
      // Standing at the top counts too: a page that came moved it down, somebody at once up again.
      if (!isDownward && scrollTop < NEAR_PX) latest.current.nearStart();
      if (!isDownward) return;
      if (!latest.current.hasNewest && toEnd(list) < NEAR_PX) latest.current.nearEnd();
      else if (isAtEnd(list) && !isSelectingIn(list))
        store.setState(({ comments: before }) => {
          const comments = reachEnd(before);
          return { comments: isByFinger ? release(comments, "focus") : comments };
        });
    };
    list.addEventListener("scroll", onScroll, listen);
    list.addEventListener("keydown", ({ key }) => key === "End" && latest.current.follow(), listen);
    onReadingBack(list, pause, stop.signal);
    const resized = new ResizeObserver(() => {
      if (isPutAway(list)) return;
      const shape = shapeOf(list);
      const isReshaped = !isSameShape(shape, lastShape);
      lastShape = shape;
      const { isFollowing, isHeld, hasNewest, settled } = latest.current;
      const fits = list.scrollHeight <= list.clientHeight;
      if (isFollowing) {
        list.scrollTop = list.scrollHeight;
        anchor.current = anchorAt(list, lastRow(list));
      } else if (isReshaped && fits && hasNewest && !isHeld && !isSelectingIn(list)) {
        latest.current.follow();
      } else {
        if (anchor.current?.row.isConnected) putBack(list, anchor.current);
        anchor.current = anchorOf(list);
      }
      settled();
    });
    // Rows grow, too, when what stands in them comes later than they do.
    for (const box of [list, ...list.children]) resized.observe(box);
    return () => {
      stop.abort();
      resized.disconnect();
    };
  }, [ref, store]);
}
