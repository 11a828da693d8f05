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
    | { state: "held"; hold: string; reason: string; rule: string }
    | { state: "turned_down"; outcome: "refused" | "expired"; reason: string }
    | { state: "refused"; code: ErrorCode; message: string; retryAt: number | null }
    /** Nobody answered: it may or may not have been stored, so a retry keeps the nonce. */
    | { state: "unconfirmed" }
  );

export interface OutboxState {
  posts: readonly OutgoingPost[];
  /** No use sending before this moment of the local clock. */
  cooldownUntil: number;
}

export const emptyOutbox: OutboxState = { posts: [], cooldownUntil: 0 };

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
