import { applyHeld, applyHeldApproved, claimPosts, land } from "./applyPosts";
import { applyStaffItem } from "./applyStaff";
import type {
  Comment,
  CommentAccepted,
  Error as Refusal,
  Frame,
  Item,
  PersonalItem,
  ServerMessage,
  Welcome,
} from "live-comments-client";
import {
  clearUser,
  closeHold,
  type CommentsState,
  findComment,
  hasEntry,
  hideComment,
  insertComments,
  liveEntries,
  markLeftOut,
  openHold,
  quotesOf,
  restoreComment,
} from "./store/comments";
import type { ViewerState } from "./store";
import { resetWithDelayed } from "./store/delayed";
import { changeDeed, findDeed, finishDeed } from "./store/deeds";
import {
  beginAfresh,
  explainModes,
  nameFlagged,
  settleComment,
  settleUser,
} from "./store/moderation";
import type { MenuState } from "./store/menu";
import { addNotice, dropHidden, noteHidden } from "./store/notices";
import { baseOf, coolDown, endHold, findPost, putPost, unquotePosts } from "./store/outbox";
import { countPaced } from "./store/pace";
import { countPresses, emptyReactions, forgetOwnPresses, mergeTotals } from "./store/reactions";
import { learnStanding, sanctionOf, slowSecondsOf } from "./store/room";
import { selectIsStaff } from "./store/selectors";

/**
 * Refusals after which nothing that is sent can succeed before a while has passed. A time-out and an
 * account that is too new are the gate's: it opens sooner when a moderator says so.
 */
const COOLING_CODES = new Set(["slow_mode", "rate_limited", "address_limited"]);

export function assertNever(value: never): never {
  throw new TypeError(`not in the protocol: ${JSON.stringify(value)}`);
}

/** The state after a message. `now` is the local clock. */
export function apply(state: ViewerState, message: ServerMessage, now: number): ViewerState {
  switch (message.type) {
    case "welcome":
      return applyWelcome(state, message, now);
    case "frame":
      return applyFrame(state, message, now);
    case "backfill":
      return applyItems(state, message.items, now);
    case "caught_up":
      return endCatchUp(state, message.comments);
    case "personal":
      return message.items.reduce(applyPersonal, state);
    case "comment.accepted":
      return applyAccepted(state, message, now);
    case "comment.held":
      return applyHeld(state, message, now);
    case "error":
      return applyRefusal(state, message, now);
    case "done":
      return { ...state, deeds: finishDeed(state.deeds, message.ref, message.undo ?? null) };
    case "ticket":
    case "pong":
    case "bye":
      return state; // the socket's own business
    default:
      return assertNever(message);
  }
}

function applyWelcome(state: ViewerState, welcome: Welcome, now: number): ViewerState {
  const { resumed, recent = [], held = [], delayed = [], you = null } = welcome;
  const isReturn = state.connection.hasJoined;
  const { outbox, keys } = claimPosts(state, recent);
  // What waits for the delay is here already when nothing was missed, or comes with what was.
  const comments = resumed
    ? state.comments
    : resetWithDelayed(state.comments, recent, delayed, welcome.server_time, keys);
  const totals = resumed ? state.reactions.totals : emptyReactions.totals;
  const moderation = { ...state.moderation, roomThen: welcome.room };
  const ended = isReturn && !resumed ? endCatchUp(state, null) : state;
  return {
    ...state,
    outbox,
    comments: { ...comments, held },
    connection: {
      ...ended.connection,
      hasJoined: true,
      isCatchingUp: resumed,
      skewMs: welcome.server_time - now,
    },
    room: {
      ...state.room,
      room: welcome.room,
      viewers: welcome.viewers,
      you,
      sanction: sanctionOf(you, state.room.sanction),
      isSignedOut: state.room.isSignedOut && you === null,
    },
    moderation: resumed ? moderation : beginAfresh(moderation, liveEntries(comments)),
    menu: resumed ? state.menu : { ...state.menu, isOrphan: isMenuOrphan(state.menu, comments) },
    reactions: {
      ...forgetOwnPresses(state.reactions),
      totals: mergeTotals(totals, welcome.reactions),
    },
  };
}

function isMenuOrphan({ open }: MenuState, comments: CommentsState): boolean {
  const comment = open?.subject.comment;
  return comment != null && !hasEntry(comments, comment.id);
}

function endCatchUp(state: ViewerState, comments: number | null): ViewerState {
  const count = (state.connection.comeback?.count ?? 0) + 1;
  const connection = { ...state.connection, isCatchingUp: false, comeback: { comments, count } };
  return { ...state, connection };
}

function applyFrame(state: ViewerState, frame: Frame, now: number): ViewerState {
  const { items = [], left_out: leftOut = 0 } = frame;
  let next = applyItems(state, items, now);
  if (!state.connection.isCatchingUp) {
    const shown = items.filter(({ type }) => type === "comment.posted").length;
    next = { ...next, pace: countPaced(next.pace, shown, leftOut, now) };
  }
  if (frame.reactions || frame.totals) {
    const isShown = !state.connection.isCatchingUp;
    const { reactions: presses = {}, totals = {} } = frame;
    next = { ...next, reactions: countPresses(next.reactions, presses, totals, isShown, now) };
  }
  if (frame.viewers != null) next = { ...next, room: { ...next.room, viewers: frame.viewers } };
  return next;
}

/** Items in order; runs of new comments, the common case, go in together. */
function applyItems(state: ViewerState, items: readonly Item[], now: number): ViewerState {
  let next = state;
  let run: Comment[] = [];
  const endRun = () => {
    if (run.length > 0) next = insertRun(next, run);
    run = [];
  };
  for (const item of items) {
    if (item.type === "comment.posted") {
      run.push(item.comment);
    } else {
      endRun();
      next = applyItem(next, item, now);
    }
  }
  endRun();
  return next;
}

/**
 * New comments, all at once. A frame may come before the answer to one's own post: its row becomes
 * the comment's at once, or the reader would see both until the answer is here.
 */
function insertRun(state: ViewerState, run: readonly Comment[]): ViewerState {
  const { outbox, keys } = claimPosts(state, run);
  return {
    ...state,
    outbox,
    comments: insertComments(state.comments, run, keys),
    moderation: nameFlagged(state.moderation, run),
  };
}

function applyItem(
  state: ViewerState,
  item: Exclude<Item, { type: "comment.posted" }>,
  now: number,
): ViewerState {
  switch (item.type) {
    case "comment.hidden": {
      const cause = item.withdrawn ? "author" : "moderator";
      const said = findComment(state.comments, item.id);
      const isOwn = said !== null && said.user.id === state.room.you?.id;
      return {
        ...state,
        notices: isOwn ? noteHidden(state.notices, item.id, said.text) : state.notices,
        comments: hideComment(state.comments, item.id, cause),
        outbox: unquotePosts(state.outbox, ({ id }) => id === item.id),
        moderation: settleComment(state.moderation, item.id),
      };
    }
    case "user.cleared":
      return {
        ...state,
        comments: clearUser(state.comments, item.user, item.name, item.through),
        outbox: unquotePosts(
          state.outbox,
          quotesOf(state.comments, item.user, item.name, item.through),
        ),
        moderation: settleUser(state.moderation, item.user),
      };
    case "comment.restored":
      return {
        ...state,
        comments: restoreComment(state.comments, item.comment),
        notices:
          item.comment.user.id === state.room.you?.id
            ? dropHidden(state.notices, item.comment.id)
            : state.notices,
      };
    case "room.changed":
      return applyRoom(state, item.room);
    case "hold.opened":
      return { ...state, comments: openHold(state.comments, item.held) };
    case "hold.closed":
      return { ...state, comments: closeHold(state.comments, item.hold) };
    case "user.sanctioned":
    case "sanction.lifted":
    case "comment.delayed":
    case "comment.flagged":
    case "comment.reported":
    case "staff.changed":
    case "acted":
      return applyStaffItem(state, item, now);
    default:
      return assertNever(item);
  }
}

function applyRoom(state: ViewerState, room: ViewerState["room"]["room"]): ViewerState {
  const before = state.room.room;
  const isRaidOver = room.raid_until === 0 && before.raid_until > 0;
  const isEased = isRaidOver || room.slow_seconds < before.slow_seconds;
  return {
    ...state,
    room: { ...state.room, room },
    moderation: explainModes(state.moderation, room),
    outbox: isEased ? { ...state.outbox, cooldownUntil: 0 } : state.outbox,
  };
}

function applyAccepted(state: ViewerState, message: CommentAccepted, now: number): ViewerState {
  const post = findPost(state.outbox, ({ nonce }) => nonce === message.nonce);
  const inRoom = land(state, post, message.comment);
  const landed = message.left_out
    ? { ...inRoom, comments: markLeftOut(inRoom.comments, message.comment.id) }
    : inRoom;
  const at = message.comment.at;
  const slowSeconds = selectIsStaff(state) ? 0 : slowSecondsOf(state.room.room, at);
  const until = at - state.connection.skewMs + slowSeconds * 1_000;
  return slowSeconds > 0 && until > now
    ? { ...landed, outbox: coolDown(landed.outbox, until) }
    : landed;
}

function applyRefusal(before: ViewerState, refusal: Refusal, now: number): ViewerState {
  const { code, message, ref, retry_after_ms: wait = null } = refusal;
  const room = learnStanding(before.room, code, wait, now + before.connection.skewMs);
  const state = { ...before, room };
  if (ref != null && findDeed(state.deeds, ref) !== undefined) {
    return { ...state, deeds: changeDeed(state.deeds, ref, { state: "refused", code }) };
  }
  const reactions = ref === "reaction.send" ? forgetOwnPresses(state.reactions) : state.reactions;
  const post = findPost(state.outbox, ({ nonce }) => nonce === ref);
  if (post === undefined) return { ...state, reactions };
  const retryAt = wait === null ? null : now + wait;
  const refusedPost = { ...baseOf(post), state: "refused", code, message, retryAt } as const;
  const refused = putPost(state.outbox, refusedPost);
  const isCooling = retryAt !== null && COOLING_CODES.has(code);
  return { ...state, reactions, outbox: isCooling ? coolDown(refused, retryAt) : refused };
}

function applyPersonal(state: ViewerState, item: PersonalItem): ViewerState {
  switch (item.type) {
    case "you.held_approved":
      return applyHeldApproved(state, item);
    case "you.held_refused": {
      const { hold, outcome, reason = "" } = item;
      return { ...state, outbox: endHold(state.outbox, { hold, outcome, reason }) };
    }
    case "you.sanctioned": {
      const { kind, until = null, reason = "" } = item;
      return { ...state, room: { ...state.room, sanction: { kind, until, reason } } };
    }
    case "you.replied":
      return { ...state, comments: insertComments(state.comments, [item.comment]) };
    case "you.hidden":
    case "you.appealed":
      return { ...state, notices: addNotice(state.notices, item) };
    case "you.warned": {
      const said = findComment(state.comments, item.comment ?? "");
      return { ...state, notices: addNotice(state.notices, item, said?.text) };
    }
    case "you.restored": {
      const sanction = state.room.sanction?.isEverywhere ? state.room.sanction : null;
      return { ...state, room: { ...state.room, sanction } };
    }
    default:
      return assertNever(item);
  }
}
