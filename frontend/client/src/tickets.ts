import { Alarm, type Clock, jitteredDelay } from "./clock";

/** What the page's server says about this visitor. A failure to say anything is a rejection. */
export type TicketAnswer =
  { kind: "ticket"; ticket: string; expiresAt: number } | { kind: "signed_out" };

export interface TicketHooks {
  /** Asks for a fresh ticket over the open socket; false when there is none to ask. */
  renewOverSocket(ticket: string): boolean;
  /** A ticket arrived by HTTP while the socket was already joined. */
  onFetched(ticket: string): void;
  onSignedOut(): void;
}

/** Renewed when three quarters of its life are over: time for several tries by either road. */
const RENEW_AT_FRACTION = 0.75;
/** An answer over the open socket normally takes milliseconds; after this long HTTP is asked. */
const RENEW_ANSWER_MS = 10_000;
const FETCH_RETRY_MIN_MS = 1_000;
const FETCH_RETRY_MAX_MS = 30_000;
/** A reader need not wait for the ticket longer than this; the socket then joins read-only. */
const HELLO_WAITS_MS = 4_000;

/**
 * Holds the signed ticket of one visitor and keeps it fresh: over the open socket first, by HTTP
 * when that fails. Knows nothing of the socket but the hooks.
 */
export class TicketHolder {
  private ticket: string | null = null;
  private expiresAt = 0;
  private fetching: Promise<void> | null = null;
  private failures = 0;
  private readonly renewal: Alarm;
  private readonly answer: Alarm;
  private readonly retry: Alarm;
  /** Server time minus ours, learnt from the welcome. */
  private skewMs = 0;
  private stopped = false;

  constructor(
    private readonly fetchTicket: (() => Promise<TicketAnswer>) | null,
    private readonly hooks: TicketHooks,
    private readonly clock: Clock,
  ) {
    this.renewal = new Alarm(clock);
    this.answer = new Alarm(clock);
    this.retry = new Alarm(clock);
  }

  get current(): string | null {
    return this.ticket;
  }

  /** True when this visitor could get a ticket, whether or not one is here now. */
  get possible(): boolean {
    return this.fetchTicket !== null;
  }

  /** The ticket to say hello with; null to join as a reader. */
  async ready(): Promise<string | null> {
    if (this.ticket !== null && this.expiresAt > this.clock.now() + this.skewMs) return this.ticket;
    if (this.fetchTicket === null) return null;
    const patience = new Promise<void>((resolve) => {
      this.clock.setTimeout(resolve, HELLO_WAITS_MS);
    });
    await Promise.race([this.fetch(), patience]);
    return this.ticket;
  }

  learnServerTime(serverTime: number): void {
    this.skewMs = serverTime - this.clock.now();
  }

  /** Keeps a ticket that came by either road and plans its renewal. */
  accept(ticket: string, expiresAt: number): void {
    this.ticket = ticket;
    this.answer.cancel();
    this.planRenewal(expiresAt);
  }

  planRenewal(expiresAt: number): void {
    this.expiresAt = expiresAt;
    const lifeMs = Math.max(0, expiresAt - (this.clock.now() + this.skewMs));
    this.renewal.set(lifeMs * RENEW_AT_FRACTION, () => this.renew());
  }

  /** The ticket was refused: forget it and ask for another by HTTP. */
  refuse(): void {
    this.ticket = null;
    this.renewal.cancel();
    this.answer.cancel();
    void this.fetch();
  }

  /** The socket would not renew: ask by HTTP, keeping the present ticket meanwhile. */
  renewalRefused(): void {
    this.answer.cancel();
    void this.fetch();
  }

  stop(): void {
    this.stopped = true;
    for (const alarm of [this.renewal, this.answer, this.retry]) alarm.cancel();
  }

  private renew(): void {
    if (this.ticket !== null && this.hooks.renewOverSocket(this.ticket)) {
      this.answer.set(RENEW_ANSWER_MS, () => this.renewalRefused());
    } else {
      void this.fetch();
    }
  }

  private fetch(): Promise<void> {
    this.retry.cancel();
    this.fetching ??= this.fetchOnce().finally(() => {
      this.fetching = null;
    });
    return this.fetching;
  }

  private async fetchOnce(): Promise<void> {
    if (this.fetchTicket === null || this.stopped) return;
    try {
      const answer = await this.fetchTicket();
      this.failures = 0;
      if (answer.kind === "ticket") {
        this.accept(answer.ticket, answer.expiresAt);
        this.hooks.onFetched(answer.ticket);
      } else {
        this.ticket = null;
        this.hooks.onSignedOut();
      }
    } catch {
      const wait = jitteredDelay(this.clock, this.failures, FETCH_RETRY_MIN_MS, FETCH_RETRY_MAX_MS);
      this.failures += 1;
      this.retry.set(wait, () => void this.fetch());
    }
  }
}
