import type { YouAppealed, YouHidden, YouWarned } from "live-comments-client";

/** What moderators have told this reader; it stays until it is put away, or is no longer so. */
export interface Notice {
  id: number;
  item: YouHidden | YouWarned | YouAppealed;
  /** The words of the comment that it is about, where the page had them. */
  words: string | null;
}

export interface NoticesState {
  list: readonly Notice[];
  nextId: number;
  /** What this reader said and was hidden, by comment: its notice comes after it is gone. */
  hiddenWords: ReadonlyMap<string, string>;
}

const NOTICES_KEPT = 10;
const WORDS_KEPT = 50;

export const emptyNotices: NoticesState = { list: [], nextId: 1, hiddenWords: new Map() };

export function noteHidden(state: NoticesState, id: string, words: string): NoticesState {
  const kept = [...state.hiddenWords].slice(1 - WORDS_KEPT);
  return { ...state, hiddenWords: new Map([...kept, [id, words]]) };
}

function subjectOf(item: Notice["item"]): string | null {
  if (item.type === "you.hidden") return item.id ?? null;
  return item.type === "you.warned" ? (item.comment ?? null) : null;
}

export function addNotice(
  { list, nextId, hiddenWords }: NoticesState,
  item: Notice["item"],
  shownWords?: string,
): NoticesState {
  const words = shownWords ?? hiddenWords.get(subjectOf(item) ?? "") ?? null;
  const next = [...list, { id: nextId, item, words }].slice(-NOTICES_KEPT);
  return { list: next, nextId: nextId + 1, hiddenWords };
}

export function dropNotice(state: NoticesState, id: number): NoticesState {
  return { ...state, list: state.list.filter((notice) => notice.id !== id) };
}

/** A comment of this reader is back: what said that it, or all of them, had gone is no longer so. */
export function dropHidden(state: NoticesState, comment: string): NoticesState {
  const list = state.list.filter(
    ({ item }) => item.type !== "you.hidden" || (item.id != null && item.id !== comment),
  );
  return list.length === state.list.length ? state : { ...state, list };
}
