import { type ErrorCode, NONCE_KEPT_SECONDS, type Person, type Quote } from "live-comments-client";

interface PostBase {
  nonce: string;
  text: string;
  reply: Quote | null;
  user: Person;
  /** By the server's clock, as far as it is known. */
  at: number;
  /** When it was first sent under this nonce, by the local clock. */
  writtenAt: number;
}

/** One's own comment before the room has it, or after the room would not have it. */
export type OutgoingPost = PostBase &
  (
    | { state: "sending" }
    /** `until`: nobody decides on it after this moment of the local clock. */
    | { state: "held"; hold: string; reason: string; rule: string; until: number }
    | { state: "turned_down"; hold: string; outcome: "refused" | "expired"; reason: string }
    | { state: "refused"; code: ErrorCode; message: string; retryAt: number | null }
    /** Nobody answered: it may or may not have been stored, so a retry keeps the nonce. */
    | { state: "unconfirmed" }
  );

/** How a hold ended. */
export interface HoldEnd {
  hold: string;
  outcome: "approved" | "refused" | "expired";
  reason: string;
}

export interface OutboxState {
  posts: readonly OutgoingPost[];
  /** Ends of holds that no post is known to have: the answer that names the hold may yet come. */
  unclaimedEnds: readonly HoldEnd[];
  /** No use sending before this moment of the local clock. */
  cooldownUntil: number;
}

export const emptyOutbox: OutboxState = { posts: [], unclaimedEnds: [], cooldownUntil: 0 };

const ENDS_REMEMBERED = 20;

export function findPost(
  state: OutboxState,
  found: (post: OutgoingPost) => boolean,
): OutgoingPost | undefined {
  return state.posts.find(found);
}

export function putPost(state: OutboxState, post: OutgoingPost): OutboxState {
  const isKnown = state.posts.some((other) => other.nonce === post.nonce);
  const posts = isKnown
    ? state.posts.map((other) => (other.nonce === post.nonce ? post : other))
    : [...state.posts, post];
  return { ...state, posts };
}

export function dropPost(state: OutboxState, nonce: string): OutboxState {
  return { ...state, posts: state.posts.filter((post) => post.nonce !== nonce) };
}

export function baseOf({ nonce, text, reply, user, at, writtenAt }: Readonly<PostBase>): PostBase {
  return { nonce, text, reply, user, at, writtenAt };
}

/**
 * Until when, by the local clock, the server knows the nonce of a post that nobody answered: sent
 * again after that, it might be said twice.
 */
export function knownUntil({ writtenAt }: Pick<PostBase, "writtenAt">): number {
  return writtenAt + NONCE_KEPT_SECONDS * 1_000;
}

/** What was quoted is no longer to be seen: its words go from the posts that answer it, too. */
export function unquotePosts(state: OutboxState, isMeant: (quote: Quote) => boolean): OutboxState {
  const isQuoting = ({ reply }: OutgoingPost) =>
    reply !== null && reply.text !== "" && isMeant(reply);
  if (!state.posts.some(isQuoting)) return state;
  const posts = state.posts.map((post) =>
    post.reply && isQuoting(post) ? { ...post, reply: { ...post.reply, text: "" } } : post,
  );
  return { ...state, posts };
}

export function coolDown(state: OutboxState, until: number): OutboxState {
  return until > state.cooldownUntil ? { ...state, cooldownUntil: until } : state;
}

/** The post that waits under this hold, or did. */
export function findHeld(state: OutboxState, hold: string): OutgoingPost | undefined {
  const isIts = (post: OutgoingPost) =>
    (post.state === "held" || post.state === "turned_down") && post.hold === hold;
  return findPost(state, isIts);
}

/** A hold ended: so does the post of it, or the post that will turn out to be of it. */
export function endHold(state: OutboxState, end: HoldEnd): OutboxState {
  const post = findHeld(state, end.hold);
  if (post !== undefined) return settleHeld(state, post, end);
  const unclaimedEnds = [...state.unclaimedEnds, end].slice(-ENDS_REMEMBERED);
  return { ...state, unclaimedEnds };
}

function settleHeld(
  state: OutboxState,
  post: OutgoingPost,
  { hold, outcome, reason }: HoldEnd,
): OutboxState {
  if (outcome === "approved") return dropPost(state, post.nonce);
  return putPost(state, { ...baseOf(post), state: "turned_down", hold, outcome, reason });
}

/** A post waits for a moderator, unless its hold has ended already. */
export function holdPost(
  state: OutboxState,
  held: Extract<OutgoingPost, { state: "held" }>,
): OutboxState {
  const end = state.unclaimedEnds.find(({ hold }) => hold === held.hold);
  if (end === undefined) return putPost(state, held);
  const unclaimedEnds = state.unclaimedEnds.filter((other) => other !== end);
  return settleHeld({ ...state, unclaimedEnds }, held, end);
}

/** Ends what has waited too long: how it ended was told while nobody was here to hear it. */
export function expireHeld(state: OutboxState, now: number): OutboxState {
  const isOver = (post: OutgoingPost) => post.state === "held" && post.until <= now;
  if (!state.posts.some(isOver)) return state;
  const posts = state.posts.map((post): OutgoingPost => {
    if (post.state !== "held" || !isOver(post)) return post;
    const { hold } = post;
    return { ...baseOf(post), state: "turned_down", hold, outcome: "expired", reason: "" };
  });
  return { ...state, posts };
}
