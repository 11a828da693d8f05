import { Alarm, type Clock, jitteredDelay } from "./clock";
import {
  CLIENT_GIVES_UP_SECONDS,
  NONCE_KEPT_SECONDS,
  UNACKED_POSTS_PER_SOCKET,
} from "./protocol.gen";

/** What someone said, under the nonce that makes sending it twice harmless. */
export interface Post {
  nonce: string;
  text: string;
  replyTo: string | null;
  /** When it was first sent under this nonce, by the clock, where that was before now. */
  writtenAt?: number;
}

interface Entry {
  post: Post;
  sentAt: number | null;
  ticketRefusals: number;
  /** By the clock, which counts the time that the machine slept; a timer stands still meanwhile. */
  givenUpAt: number;
  expiry: Alarm;
}

/** Answers take milliseconds; one that has not come by now was lost with whoever owed it. */
const RESEND_AFTER_MS = 15_000;
const BUSY_MIN_MS = 500;
const BUSY_MAX_MS = 8_000;
/** A fresh ticket that is refused again will not be better the third time. */
const TICKET_REFUSALS_ALLOWED = 2;

/**
 * Posts that no answer has settled yet, in the order they were written. Sends them again, with the
 * same nonce, after a reconnect, a `busy` or a long silence, and gives up after five minutes.
 */
export class Outbox {
  private readonly entries = new Map<string, Entry>();
  private readonly pause: Alarm;
  private readonly sweep: Alarm;
  private deferrals = 0;

  constructor(
    private readonly send: (post: Post) => boolean,
    private readonly onGaveUp: (nonce: string) => void,
    private readonly clock: Clock,
  ) {
    this.pause = new Alarm(clock);
    this.sweep = new Alarm(clock);
  }

  has(nonce: string): boolean {
    return this.entries.has(nonce);
  }

  get nonces(): string[] {
    return [...this.entries.keys()];
  }

  add(post: Post): void {
    const now = this.clock.now();
    const knownUntil = (post.writtenAt ?? now) + NONCE_KEPT_SECONDS * 1_000;
    const givenUpAt = Math.min(now + CLIENT_GIVES_UP_SECONDS * 1_000, knownUntil);
    const expiry = new Alarm(this.clock);
    expiry.set(givenUpAt - now, () => this.giveUp(post.nonce));
    this.entries.set(post.nonce, { post, sentAt: null, ticketRefusals: 0, givenUpAt, expiry });
    this.flush();
  }

  private giveUp(nonce: string): void {
    this.entries.get(nonce)?.expiry.cancel();
    this.entries.delete(nonce);
    this.onGaveUp(nonce);
  }

  /** Sent again, a post this old might be said twice: the server may know its nonce no longer. */
  giveUpOld(): void {
    const now = this.clock.now();
    for (const [nonce, { givenUpAt }] of this.entries) {
      if (givenUpAt <= now) this.giveUp(nonce);
    }
  }

  /** An answer came: nothing more to do for this post. */
  settle(nonce: string): void {
    this.entries.get(nonce)?.expiry.cancel();
    this.entries.delete(nonce);
    this.deferrals = 0;
    this.flush();
  }

  /** The server is busy: everything waits, so that the order of one's own comments is kept. */
  defer(nonce: string, retryAfterMs: number | null | undefined): void {
    const entry = this.entries.get(nonce);
    if (entry === undefined) return;
    entry.sentAt = null;
    const jittered = jitteredDelay(this.clock, this.deferrals, BUSY_MIN_MS, BUSY_MAX_MS);
    this.deferrals += 1;
    this.pause.set(BUSY_MIN_MS + Math.max(retryAfterMs ?? 0, jittered), () => this.flush());
  }

  /** Keeps the post for a fresh ticket; false when fresh tickets have been refused as well. */
  awaitTicket(nonce: string): boolean {
    const entry = this.entries.get(nonce);
    if (entry === undefined) return false;
    entry.sentAt = null;
    entry.ticketRefusals += 1;
    return entry.ticketRefusals <= TICKET_REFUSALS_ALLOWED;
  }

  /** What was sent on a socket that is gone must be sent again on the next. */
  linkLost(): void {
    for (const entry of this.entries.values()) entry.sentAt = null;
    this.pause.cancel();
    this.sweep.cancel();
  }

  flush(): void {
    this.giveUpOld();
    if (this.pause.pending) return;
    let unanswered = 0;
    const now = this.clock.now();
    for (const entry of this.entries.values()) {
      if (unanswered >= UNACKED_POSTS_PER_SOCKET) break;
      unanswered += 1;
      const isWaiting = entry.sentAt !== null && now - entry.sentAt < RESEND_AFTER_MS;
      if (isWaiting) continue;
      if (!this.send(entry.post)) return;
      entry.sentAt = now;
    }
    if (this.entries.size > 0) this.sweep.set(RESEND_AFTER_MS, () => this.flush());
    else this.sweep.cancel();
  }

  stop(): void {
    this.linkLost();
    for (const entry of this.entries.values()) entry.expiry.cancel();
  }
}
