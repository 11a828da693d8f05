import type { YouAppealed, YouHidden, YouWarned } from "../protocol.gen";

/** What moderators have told this reader; it stays until it is put away. */
export interface Notice {
  id: number;
  item: YouHidden | YouWarned | YouAppealed;
}

export interface NoticesState {
  list: readonly Notice[];
  nextId: number;
}

/** More at once would hide the room. */
const NOTICES_KEPT = 3;

export const emptyNotices: NoticesState = { list: [], nextId: 1 };

export function addNotice({ list, nextId }: NoticesState, item: Notice["item"]): NoticesState {
  return { list: [...list, { id: nextId, item }].slice(-NOTICES_KEPT), nextId: nextId + 1 };
}

export function dropNotice(state: NoticesState, id: number): NoticesState {
  return { ...state, list: state.list.filter((notice) => notice.id !== id) };
}
