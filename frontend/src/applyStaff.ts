import type {
  CommentDelayed,
  CommentFlagged,
  CommentReported,
  Acted,
  SanctionLifted,
  StaffChanged,
  UserSanctioned,
} from "live-comments-client";
import type { ViewerState } from "./store";
import {
  type Entry,
  type CommentsState,
  findComment,
  hasEntry,
  isHidden,
  liveEntries,
} from "./store/comments";
import { insertDelayed } from "./store/delayed";
import {
  flagComment,
  liftSanction,
  logAction,
  reportComment,
  sanctionUser,
  settleComment,
} from "./store/moderation";

/** In the list of actions: somebody found nothing wrong with what was reported. */
const DISMISSED = "reports.dismissed";

/** The items that only staff are sent, apart from what waits for a decision. */
export type StaffItem =
  | UserSanctioned
  | SanctionLifted
  | CommentDelayed
  | CommentFlagged
  | CommentReported
  | StaffChanged
  | Acted;

/**
 * The state after an item that only staff are sent. `now` is the local clock. After a resume all that
 * viewers were sent comes first: what an item is about may be over by then.
 */
export function applyStaffItem(state: ViewerState, item: StaffItem, now: number): ViewerState {
  const { moderation } = state;
  switch (item.type) {
    case "comment.delayed": {
      const serverNow = now + state.connection.skewMs;
      return { ...state, comments: insertDelayed(state.comments, item, serverNow) };
    }
    case "comment.flagged": {
      if (isGone(state.comments, item.id)) return state;
      const comment = findComment(state.comments, item.id);
      return { ...state, moderation: flagComment(moderation, item, comment) };
    }
    case "comment.reported":
      if (isHidden(state.comments, item.comment)) return state;
      return { ...state, moderation: reportComment(moderation, item) };
    case "user.sanctioned": {
      const { user, kind, until = null } = item;
      const sanction = { user, name: nameOf(state, user), kind, until, reason: "" };
      return { ...state, moderation: sanctionUser(moderation, sanction) };
    }
    case "sanction.lifted":
      return { ...state, moderation: liftSanction(moderation, item.user) };
    case "staff.changed":
      return applyRole(state, item);
    case "acted": {
      const isSettled = item.action === DISMISSED && item.comment != null;
      const settled = isSettled ? settleComment(moderation, item.comment ?? "") : moderation;
      const known = {
        name: item.user == null ? null : nameOf(state, item.user),
        byName: item.by == null ? null : nameOf(state, item.by),
      };
      return { ...state, moderation: logAction(settled, item, known, state.room.room) };
    }
  }
}

/** True of a hidden comment of which the id alone is known, as far as this page has met it. */
function isGone(comments: CommentsState, id: string): boolean {
  return comments.hiddenIds.has(id) || (hasEntry(comments, id) && !findComment(comments, id));
}

/** What a person is called, as far as this page has met them. */
export function nameOf({ comments, moderation, room }: ViewerState, user: string): string | null {
  if (room.you?.id === user) return room.you.name;
  const authorOf = (entry: Entry) =>
    entry.kind === "comment" ? entry.comment.user : (entry.user ?? null);
  const entry = liveEntries(comments).findLast((other) => authorOf(other)?.id === user);
  return (
    (entry && authorOf(entry)?.name) ??
    comments.held.find((held) => held.user.id === user)?.user.name ??
    moderation.sanctioned.get(user)?.name ??
    moderation.log.findLast((logged) => logged.user === user && logged.name !== null)?.name ??
    null
  );
}

/** Somebody's role changed; it matters here when it is one's own. */
function applyRole(state: ViewerState, { user, role }: StaffChanged): ViewerState {
  const { you } = state.room;
  if (you?.id !== user) return state;
  return { ...state, room: { ...state.room, you: { ...you, role } } };
}
