import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { firstAbove, RowHeights } from "./rowHeights";
import { isSelectingIn } from "./selecting";

/** Rows drawn while the list follows: several screens. Those above are seen by nobody. */
export const ROWS_DRAWN = 100;
/** Drawn beyond what is on the screen, so that a quick hand sees no blank. */
const OVERSCAN_PX = 1_000;
/** No selection is worth more rows than this. */
const ROWS_SELECTED = 400;

/** Which rows are drawn, and how much room the others take. */
export interface RowWindow {
  start: number;
  end: number;
  abovePx: number;
  belowPx: number;
  /** Looks where the list stands now: to be called once that is settled. */
  place: () => void;
}

/** A row that somebody wants to see, and the how manieth wish that is. */
export interface Sought {
  key: string;
  count: number;
}

/** The drawn rows while somebody reads, by key: rows are added and cut around them. */
interface Edges {
  first: string;
  last: string;
  start: number;
  end: number;
}

function rangeOf(edges: Edges, places: ReadonlyMap<string, number>, count: number) {
  const start = places.get(edges.first) ?? Math.min(edges.start, count);
  const last = places.get(edges.last);
  const end = last === undefined ? start + edges.end - edges.start : last + 1;
  return { start, end: Math.min(Math.max(end, start), count) };
}

/**
 * Draws of a long list only what is near the screen. Rows lie in the normal flow between two blanks,
 * so a wrong guess of a height moves the scrollbar and nothing else (useFollowing keeps the place).
 */
export function useRowWindow(
  ref: RefObject<HTMLElement | null>,
  keys: readonly string[],
  isFollowing: boolean,
  sought: Sought | null,
): RowWindow {
  const [heights] = useState(() => new RowHeights());
  const [edges, setEdges] = useState<Edges | null>(null);
  const places = useMemo(() => new Map(keys.map((key, place) => [key, place])), [keys]);
  const count = keys.length;

  const tail = { start: Math.max(0, count - ROWS_DRAWN), end: count };
  const { start, end } = isFollowing || edges === null ? tail : rangeOf(edges, places, count);
  if (isFollowing && edges !== null) setEdges(null);
  if (!isFollowing && edges === null && count > 0) setEdges(edgesOf(keys, start, end));
  const soughtAt = sought === null ? undefined : places.get(sought.key);
  const [found, setFound] = useState(0);
  if (sought !== null && soughtAt !== undefined && found !== sought.count) {
    setFound(sought.count);
    const isDrawn = soughtAt >= start && soughtAt < end;
    if (!isDrawn) setEdges(edgesOf(keys, ...around(soughtAt, count)));
  }

  const latest = useRef({ keys, start, end, isFollowing });
  // Rows that have just been drawn have their heights since: not to be remembered by `keys`.
  const tops = heights.tops(keys);

  useLayoutEffect(() => {
    latest.current = { keys, start, end, isFollowing };
    const list = ref.current;
    if (list === null) return;
    if (isFollowing) {
      heights.learn();
      return;
    }
    heights.measure(list);
    heights.keepOnly(keys);
  }, [ref, heights, keys, start, end, isFollowing]);

  const place = useCallback(() => {
    const list = ref.current;
    if (list === null || latest.current.isFollowing) return;
    const wanted = wantedRows(list, latest.current, heights);
    if (wanted !== null) setEdges(edgesOf(latest.current.keys, wanted.start, wanted.end));
  }, [ref, heights]);

  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    list.addEventListener("scroll", place, { passive: true });
    return () => list.removeEventListener("scroll", place);
  }, [ref, place]);

  return {
    start,
    end,
    place,
    abovePx: tops[start] ?? 0,
    belowPx: (tops[count] ?? 0) - (tops[end] ?? 0),
  };
}

function around(place: number, count: number): [number, number] {
  return [Math.max(0, place - ROWS_DRAWN / 2), Math.min(count, place + ROWS_DRAWN / 2)];
}

function edgesOf(keys: readonly string[], start: number, end: number): Edges {
  return { first: keys[start] ?? "", last: keys[end - 1] ?? "", start, end };
}

interface Drawn {
  keys: readonly string[];
  start: number;
  end: number;
}

/** The rows that should be drawn for where the list stands; null where what is drawn will do. */
function wantedRows(
  list: HTMLElement,
  { keys, start, end }: Drawn,
  heights: RowHeights,
): { start: number; end: number } | null {
  const first = list.querySelector<HTMLElement>("[data-row]");
  if (first === null || list.clientHeight === 0) return null;
  const tops = heights.tops(keys);
  // Drawn rows are where they are; the others are counted from them.
  const top = list.scrollTop - (first.offsetTop - (tops[start] ?? 0));
  const bottom = top + list.clientHeight;
  const rangeWithin = (px: number) => ({
    start: Math.max(0, firstAbove(tops, top - px) - 1),
    end: Math.min(keys.length, firstAbove(tops, bottom + px)),
  });
  const needed = rangeWithin(OVERSCAN_PX / 2);
  const wanted = rangeWithin(OVERSCAN_PX);
  const isEnough = start <= needed.start && end >= needed.end;
  const isLean = end - start <= 2 * (wanted.end - wanted.start) + 20;
  if (isEnough && isLean) return null;
  if (!isSelectingIn(list)) return wanted;
  // What is being selected stays, or the selection would be gone.
  const kept = { start: Math.min(start, wanted.start), end: Math.max(end, wanted.end) };
  if (kept.end - kept.start > ROWS_SELECTED) return isEnough ? null : wanted;
  return kept.start === start && kept.end === end ? null : kept;
}
