import { isStaffRole } from "../rights";
import type { ViewerState } from "./index";
import { lastUndoable } from "./deeds";

export const selectConnection = (state: ViewerState) => state.connection;
export const selectRoom = (state: ViewerState) => state.room.room;
export const selectPinned = (state: ViewerState) => state.room.room.pinned;
export const selectStatus = (state: ViewerState) => state.room.room.status;
export const selectViewers = (state: ViewerState) => state.room.viewers;
export const selectYou = (state: ViewerState) => state.room.you;
export const selectSanction = (state: ViewerState) => state.room.sanction;
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
export const selectMuted = (state: ViewerState) => state.comments.muted;
export const selectDeeds = (state: ViewerState) => state.deeds.list;
export const selectUndoable = (state: ViewerState) => lastUndoable(state.deeds);
export const selectMenu = (state: ViewerState) => state.menu.open;
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
export const selectFocusRequests = (state: ViewerState) => state.composer.focusRequests;
export const selectCanReact = (state: ViewerState) =>
  state.room.you !== null &&
  state.connection.link === "open" &&
  state.room.room.status === "live" &&
  state.room.sanction === null;
