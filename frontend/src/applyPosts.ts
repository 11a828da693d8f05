import { type Comment, type CommentHeld, HOLD_SECONDS } from "live-comments-client";
import type { ViewerState } from "./store";
import { hasEntry, insertComments } from "./store/comments";
import {
  baseOf,
  dropPost,
  endHold,
  findHeld,
  findPost,
  holdPost,
  type OutboxState,
  type OutgoingPost,
} from "./store/outbox";
import { cleaned } from "./text";

/** What becomes of one's own posts. */

/** How far a comment's time may lie before that of the post it is, by clocks that were compared. */
const CLOCKS_APART_MS = 2_000;
/** How long the end of a hold may be on its way. */
const HOLD_END_WITHIN_MS = 60_000;

type PostState = OutgoingPost["state"];

/** Posts that may be in the room without our knowing, the likeliest first. */
const UNANSWERED: readonly PostState[] = ["sending", "unconfirmed"];
/** The moderators decided while nobody was here to hear it, or thought better of it. */
const UNDECIDED: readonly PostState[] = ["held"];
const TURNED_DOWN: readonly PostState[] = ["turned_down"];

/** Moves a post out of the outbox into the room, in the same row. */
export function land(
  state: ViewerState,
  post: OutgoingPost | undefined,
  comment: Comment,
): ViewerState {
  const keys = new Map(post ? [[comment.id, post.nonce]] : []);
  return {
    ...state,
    comments: insertComments(state.comments, [comment], keys),
    outbox: post ? dropPost(state.outbox, post.nonce) : state.outbox,
  };
}

/** The post of certain states that this comment must be: same author, same text, not before it. */
function findSame(
  outbox: OutboxState,
  { user, text, at }: Comment,
  states: readonly PostState[],
): OutgoingPost | undefined {
  return findPost(
    outbox,
    (post) =>
      states.includes(post.state) &&
      post.user.id === user.id &&
      cleaned(post.text) === text &&
      at > post.at - CLOCKS_APART_MS,
  );
}

/** The outbox without the posts that new comments are, and the rows that these take over. */
export function claimPosts(
  { outbox: before, comments: known }: ViewerState,
  comments: readonly Comment[],
): { outbox: OutboxState; keys: ReadonlyMap<string, string> } {
  const keys = new Map<string, string>();
  let outbox = before;
  for (const comment of comments) {
    if (outbox.posts.length === 0) break;
    if (hasEntry(known, comment.id)) continue;
    const post =
      findSame(outbox, comment, UNANSWERED) ??
      findSame(outbox, comment, UNDECIDED) ??
      findSame(outbox, comment, TURNED_DOWN);
    if (post === undefined) continue;
    keys.set(comment.id, post.nonce);
    outbox = dropPost(outbox, post.nonce);
  }
  return { outbox, keys };
}

export function applyHeld(
  state: ViewerState,
  { nonce, hold, reason, rule = "" }: CommentHeld,
  now: number,
): ViewerState {
  const post = findPost(state.outbox, (other) => other.nonce === nonce);
  if (post === undefined) return state;
  const until = now + HOLD_SECONDS * 1_000 + HOLD_END_WITHIN_MS;
  const held = { ...baseOf(post), state: "held", hold, reason, rule, until } as const;
  return { ...state, outbox: holdPost(state.outbox, held) };
}

/** A hold that no post is known to have may be of one whose answer was lost, or a second one. */
export function applyHeldApproved(
  state: ViewerState,
  { hold, comment }: { hold: string; comment: Comment },
): ViewerState {
  const post = findHeld(state.outbox, hold);
  if (post !== undefined) return land(state, post, comment);
  const isNew = !hasEntry(state.comments, comment.id);
  const same =
    findSame(state.outbox, comment, UNANSWERED) ?? findSame(state.outbox, comment, TURNED_DOWN);
  const landed = land(state, isNew ? same : undefined, comment);
  const end = { hold, outcome: "approved", reason: "" } as const;
  return { ...landed, outbox: endHold(landed.outbox, end) };
}
