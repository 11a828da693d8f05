import { isStaffRole } from "../rights";
import type { ViewerState } from "./index";
import { findComment, isHidden } from "./comments";
import type { OutgoingPost } from "./outbox";
import { accountOldEnoughAt } from "./room";

export const selectConnection = (state: ViewerState) => state.connection;
export const selectRoom = (state: ViewerState) => state.room.room;
export const selectPinned = (state: ViewerState) => state.room.room.pinned;
export const selectAnnouncement = (state: ViewerState) => state.room.room.announcement;
export const selectStatus = (state: ViewerState) => state.room.room.status;
export const selectViewers = (state: ViewerState) => state.room.viewers;
export const selectYou = (state: ViewerState) => state.room.you;
export const selectSanction = (state: ViewerState) => state.room.sanction;
/** By the server's clock; null when the account is old enough for the room. */
export const selectOldEnoughAt = (state: ViewerState) => accountOldEnoughAt(state.room);
export const selectIsSignedOut = (state: ViewerState) => state.room.isSignedOut;
export const selectIsStaff = (state: ViewerState) =>
  state.room.you !== null && isStaffRole(state.room.you.role);
export const selectHasJoined = (state: ViewerState) => state.connection.hasJoined;
export const selectSkew = (state: ViewerState) => state.connection.skewMs;
export const selectComments = (state: ViewerState) => state.comments;
export const selectEntries = (state: ViewerState) => state.comments.entries;
export const selectHeld = (state: ViewerState) => state.comments.held;
export const selectIsFollowing = (state: ViewerState) => state.comments.isFollowing;
export const selectUnseen = (state: ViewerState) => state.comments.unseen;
export const selectPosts = (state: ViewerState) => state.outbox.posts;
export const selectCooldownUntil = (state: ViewerState) => state.outbox.cooldownUntil;
/**
 * When a refused post may be tried again, by the local clock; null when it said no wait. What the
 * gate keeps closed may be tried as soon as the gate is open, which may be before the time it said.
 */
export const selectRetryAt = (state: ViewerState, post: OutgoingPost): number | null => {
  if (post.state !== "refused" || post.retryAt === null) return null;
  const { room, connection } = state;
  if (post.code === "timed_out") {
    if (room.sanction === null) return 0;
    return room.sanction.until === null ? post.retryAt : room.sanction.until - connection.skewMs;
  }
  if (post.code === "account_too_new") {
    if (selectIsStaff(state)) return 0;
    return Math.max(0, (accountOldEnoughAt(room) ?? 0) - connection.skewMs);
  }
  return post.retryAt;
};
export const selectMuted = (state: ViewerState) => state.comments.muted;
export const selectBlocked = (state: ViewerState) => state.comments.blocked;
export const selectDeeds = (state: ViewerState) => state.deeds.list;
export const selectMenu = (state: ViewerState) => state.menu.open;
/** True when the menu is about a comment that this reader may not see any more. */
export const selectIsMenuStale = (state: ViewerState) => {
  const { open, isOrphan = false } = state.menu;
  const comment = open?.subject.comment;
  if (comment == null || selectIsStaff(state)) return false;
  return isOrphan || isHidden(state.comments, comment);
};
export const selectNotices = (state: ViewerState) => state.notices.list;
export const selectFlagged = (state: ViewerState) => state.moderation.flagged;
export const selectReported = (state: ViewerState) => state.moderation.reported;
export const selectSanctioned = (state: ViewerState) => state.moderation.sanctioned;
export const selectLog = (state: ViewerState) => state.moderation.log;
export const selectPace = (state: ViewerState) => state.pace;
export const selectReactions = (state: ViewerState) => state.reactions;
export const selectFloats = (state: ViewerState) => state.reactions.floats;
export const selectDraft = (state: ViewerState) => state.composer.text;
export const selectReplyTo = (state: ViewerState) => state.composer.replyTo;
/** What the comment says that is being answered; empty when it is hidden or no longer here. */
export const selectReplyText = ({ composer, comments }: ViewerState) =>
  composer.replyTo === null ? "" : (findComment(comments, composer.replyTo.id)?.text ?? "");
export const selectFocusRequests = (state: ViewerState) => state.composer.focusRequests;
export const selectIsLinked = (state: ViewerState) => state.connection.link === "open";
export const selectCanReact = (state: ViewerState) =>
  state.room.you !== null && state.connection.link === "open" && state.room.room.status === "live";
