import type { Boot } from "./boot";
import { CLIENT_GIVES_UP_SECONDS } from "live-comments-client";
import type { RoomSocket } from "live-comments-client";
import type { ViewerStore } from "./store";
import { baseOf, knownUntil, type OutgoingPost, putPost } from "./store/outbox";

/** `isSignedOut`: its author was asked to sign in, which leads away from the page. */
type Unsent = ReturnType<typeof baseOf> & { isSignedOut?: true };

function isUnanswered(post: OutgoingPost): boolean {
  return post.state === "sending" || post.state === "unconfirmed" || isSignedOut(post);
}

function isSignedOut(post: OutgoingPost): boolean {
  return post.state === "refused" && post.code === "sign_in_required";
}

function unsentOf(post: OutgoingPost): Unsent {
  return { ...baseOf(post), ...(isSignedOut(post) && { isSignedOut: true }) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isPerson(value: unknown): boolean {
  return isObject(value) && typeof value.id === "string" && typeof value.name === "string";
}

function isQuote(value: unknown): boolean {
  return value === null || (isPerson(value) && isObject(value) && typeof value.text === "string");
}

/** Storage may hold what another version wrote: a row of that could not be drawn. */
function isUnsent(value: unknown): value is Unsent {
  if (!isObject(value)) return false;
  const { nonce, text, reply, user, at, writtenAt } = value;
  const isSaid = typeof nonce === "string" && typeof text === "string";
  return isSaid && isQuote(reply) && isPerson(user) && isMoment(at) && isMoment(writtenAt);
}

function isMoment(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(new Date(value).getTime());
}

function read(name: string): Unsent[] {
  try {
    const kept: unknown = JSON.parse(window.sessionStorage.getItem(name) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isUnsent) : [];
  } catch {
    return [];
  }
}

function write(name: string, unsent: readonly Unsent[]): void {
  try {
    if (unsent.length === 0) window.sessionStorage.removeItem(name);
    else window.sessionStorage.setItem(name, JSON.stringify(unsent));
  } catch {
    // full or switched off: they live in the page alone
  }
}

/** Sends again what a reload left unanswered; what is too old for that waits for its author. */
function takeUp(unsent: Unsent, store: ViewerStore, socket: RoomSocket): void {
  const { isSignedOut: mayBeOld = false, ...base } = unsent;
  if (Date.now() >= knownUntil(base) && !mayBeOld) return;
  // Somebody who signed in meanwhile may have changed their mind: they send it themselves.
  const isFresh = !mayBeOld && Date.now() - base.writtenAt < CLIENT_GIVES_UP_SECONDS * 1_000;
  const state = isFresh ? "sending" : "unconfirmed";
  store.setState(({ outbox }) => ({ outbox: putPost(outbox, { ...base, state }) }));
  if (isFresh) {
    const { nonce, text, reply, writtenAt } = base;
    socket.post({ nonce, text, replyTo: reply?.id ?? null, writtenAt });
  }
}

/**
 * Keeps comments without an answer over a reload of this window. They go out again with the same
 * nonce, so what the server took in the meantime is not said twice.
 */
export function keepUnsent(store: ViewerStore, socket: RoomSocket, boot: Boot): () => void {
  if (boot.user === null) return () => undefined;
  const name = `unsent:${boot.slug}:${boot.user.id}`;
  for (const unsent of read(name)) takeUp(unsent, store, socket);
  let saved = store.getState().outbox.posts;
  return store.subscribe(({ outbox: { posts } }) => {
    if (posts === saved) return;
    saved = posts;
    write(name, posts.filter(isUnanswered).map(unsentOf));
  });
}
