import { Acts } from "./acts";
import { Alarm, type Clock, jitteredDelay, Signal } from "./clock";
import { Cursors } from "./cursors";
import { type LinkState, type LinkStatus, OPEN, type SocketLike } from "./link";
import { Outbox, type Post } from "./outbox";
import {
  type Action,
  type ClientMessage,
  type Error as Refusal,
  HEARTBEAT_SECONDS,
  PROTOCOL_VERSION,
  type ReactionKind,
  RECONNECT_MAX_MS,
  RECONNECT_MIN_MS,
  RETRYABLE_CLOSE_CODES,
  type ServerMessage,
  type Welcome,
} from "./protocol.gen";
import { Stretch } from "./stretch";
import { type TicketAnswer, TicketHolder } from "./tickets";

export interface RoomSocketOptions {
  url: string;
  stream: string;
  connect: (url: string) => SocketLike;
  /** Null for a visitor who is not signed in. */
  fetchTicket: (() => Promise<TicketAnswer>) | null;
  clock: Clock;
}

/** A connection attempt without a welcome by now is worth less than a new one. */
const WELCOME_WITHIN_MS = 12_000;
/** How long an unanswered ping may stay unanswered. */
const PONG_WITHIN_MS = 8_000;
/** Shorter when someone looks at the page again or the network came back. */
const WAKE_PONG_WITHIN_MS = 3_000;
/** A connection that lasted this long was a good one: the next back-off starts small again. */
const STABLE_AFTER_MS = 10_000;
const HELLOS_PER_SOCKET = 2;

const TICKET_CODES = new Set(["ticket_invalid", "ticket_expired", "ticket_revoked"]);
const BUSY_CODES = new Set(["busy", "unavailable", "too_many_pending"]);
/** Other refusals of a hello are followed by a close that says whether to come back. */
const RETRIED_HELLO_CODES = new Set(["busy", "unavailable", "internal"]);

/** Applications' own close codes end in "stop" unless listed; the network's own end in "retry". */
function shouldRetry(code: number): boolean {
  return code < 4000 || RETRYABLE_CLOSE_CODES.includes(code);
}

/** A room's live connection: joins, resumes, keeps tickets fresh, and sends posts until answered. */
export class RoomSocket {
  private readonly messages = new Signal<ServerMessage>();
  private readonly statuses = new Signal<LinkStatus>();
  private readonly gaveUps = new Signal<string>();
  private readonly lostActs = new Signal<string>();
  private readonly signOuts = new Signal<void>();
  readonly onMessage = this.messages.on.bind(this.messages);
  readonly onStatus = this.statuses.on.bind(this.statuses);
  /** A post that nobody answered for five minutes; it may or may not have been stored. */
  readonly onGaveUp = this.gaveUps.on.bind(this.gaveUps);
  /** An action that nobody answered; it may or may not have been done. */
  readonly onActLost = this.lostActs.on.bind(this.lostActs);
  readonly onSignedOut = this.signOuts.on.bind(this.signOuts);

  private link: SocketLike | null = null;
  private state: LinkState = "stopped";
  private isDraining = false;
  private joinedWithTicket = false;
  private hellos = 0;
  private attempt = 0;
  private heartbeatMs = HEARTBEAT_SECONDS * 1_000;
  private readonly cursors = new Cursors();
  private readonly stretch = new Stretch();
  private readonly tickets: TicketHolder;
  private readonly outbox: Outbox;
  private readonly acts: Acts;
  private readonly reconnect: Alarm;
  private readonly heartbeat: Alarm;
  private readonly stable: Alarm;

  constructor(private readonly options: RoomSocketOptions) {
    const { clock } = options;
    this.reconnect = new Alarm(clock);
    this.heartbeat = new Alarm(clock);
    this.stable = new Alarm(clock);
    this.outbox = new Outbox(
      (post) => this.sendPost(post),
      (nonce) => this.gaveUps.emit(nonce),
      clock,
    );
    this.acts = new Acts((ref) => this.lostActs.emit(ref), clock);
    this.tickets = new TicketHolder(
      options.fetchTicket,
      {
        renewOverSocket: (ticket) => this.sendJoined({ type: "ticket.renew", ticket }),
        onFetched: (ticket) => this.useFetchedTicket(ticket),
        onSignedOut: () => this.signedOut(),
      },
      clock,
    );
  }

  start(): void {
    if (this.state === "stopped") this.open();
  }

  stop(): void {
    this.dropLink();
    this.tickets.stop();
    this.outbox.stop();
    this.setState("stopped", null);
  }

  /** The network is back, or someone looks at the page again: find out now how things stand. */
  wake(): void {
    this.outbox.giveUpOld();
    if (this.state === "waiting" && !this.isDraining) this.open();
    else if (this.state === "open") this.ping(WAKE_PONG_WITHIN_MS);
  }

  post(post: Post): void {
    this.outbox.add(post);
  }

  /** False when there is no open connection: a reaction that comes late is worth nothing. */
  react(kind: ReactionKind, count: number): boolean {
    return this.sendJoined({ type: "reaction.send", kind, count });
  }

  /** Changes the room. False when it cannot be sent now; it is not sent later by itself. */
  act(ref: string, action: Action): boolean {
    if (this.isDraining || !this.sendJoined({ type: "act", ref, action })) return false;
    this.acts.sent(ref);
    return true;
  }

  // --- the link ---------------------------------------------------------------------------------

  private open(): void {
    this.dropLink();
    this.setState("connecting", null);
    const link = this.connect();
    if (link === null) {
      this.retryLater();
      return;
    }
    this.link = link;
    this.hellos = 0;
    this.heartbeat.set(WELCOME_WITHIN_MS, () => this.retryLater());
    // A socket that was replaced may still speak; nobody listens to it any more.
    link.onopen = () => {
      if (this.link === link) void this.hello(link);
    };
    link.onmessage = (event) => {
      if (this.link === link && typeof event.data === "string") this.receive(event.data);
    };
    link.onclose = (event) => {
      if (this.link === link) this.closed(event.code);
    };
  }

  private connect(): SocketLike | null {
    try {
      return this.options.connect(this.options.url);
    } catch {
      return null; // the browser forbids it
    }
  }

  private async hello(link: SocketLike): Promise<void> {
    this.hellos += 1;
    const ticket = this.hellos > HELLOS_PER_SOCKET ? null : await this.tickets.ready();
    if (this.link !== link || this.state !== "connecting") return;
    const resume = this.cursors.resume();
    this.joinedWithTicket = ticket !== null;
    this.send({
      type: "hello",
      version: PROTOCOL_VERSION,
      stream: this.options.stream,
      ...(ticket === null ? {} : { ticket }),
      ...(resume === null ? {} : { resume }),
    });
  }

  private closed(code: number): void {
    if (shouldRetry(code)) {
      this.retryLater();
    } else {
      this.dropLink();
      this.setState("stopped", code);
    }
  }

  private retryLater(): void {
    const { clock } = this.options;
    const delay = jitteredDelay(clock, this.attempt, RECONNECT_MIN_MS, RECONNECT_MAX_MS);
    const drainDelay = this.isDraining && this.reconnect.pending;
    this.dropLink(drainDelay);
    this.attempt += 1;
    if (!drainDelay) this.reconnect.set(delay, () => this.open());
    this.setState("waiting", null);
  }

  private dropLink(keepReconnect = false): void {
    const link = this.link;
    this.link = null;
    link?.close();
    this.outbox.linkLost();
    this.acts.linkLost();
    this.heartbeat.cancel();
    this.stable.cancel();
    if (keepReconnect) return;
    this.isDraining = false;
    this.reconnect.cancel();
  }

  private setState(state: LinkState, closeCode: number | null): void {
    this.state = state;
    const retryAt = state === "waiting" ? this.reconnect.dueAt : null;
    this.statuses.emit({ state, closeCode, retryAt });
  }

  private listenForLife(): void {
    if (this.state === "open")
      this.heartbeat.set(this.heartbeatMs, () => this.ping(PONG_WITHIN_MS));
  }

  private ping(answerWithinMs: number): void {
    this.send({ type: "ping" });
    this.heartbeat.set(answerWithinMs, () => this.retryLater());
  }

  // --- sending ----------------------------------------------------------------------------------

  private send(message: ClientMessage): void {
    if (this.link?.readyState === OPEN) this.link.send(JSON.stringify(message));
  }

  private sendJoined(message: ClientMessage): boolean {
    if (this.state !== "open") return false;
    this.send(message);
    return true;
  }

  private sendPost(post: Post): boolean {
    // A draining server takes no more posts; the next one gets them.
    if (this.isDraining) return false;
    if (!this.joinedWithTicket && this.tickets.possible) return false;
    const { nonce, text, replyTo } = post;
    return this.sendJoined({
      type: "comment.post",
      nonce,
      text,
      ...(replyTo === null ? {} : { reply_to: replyTo }),
    });
  }

  // --- receiving --------------------------------------------------------------------------------

  private receive(data: string): void {
    let message: ServerMessage;
    try {
      message = JSON.parse(data) as ServerMessage;
    } catch {
      return; // not ours: a proxy's words, perhaps
    }
    this.listenForLife();
    if (!this.absorb(message)) return;
    for (const told of this.stretch.take(message)) this.messages.emit(told);
  }

  /** Does the connection's own part; true when the page should hear of the message as well. */
  private absorb(message: ServerMessage): boolean {
    switch (message.type) {
      case "welcome":
        this.joined(message);
        return true;
      case "frame":
        return this.takeFrame(message);
      case "backfill":
        this.cursors.backfill(message);
        return true;
      case "caught_up":
        this.cursors.caughtUp();
        return true;
      case "comment.accepted":
      case "comment.held":
        this.outbox.settle(message.nonce);
        return true;
      case "done":
        this.acts.settle(message.ref);
        return true;
      case "ticket":
        this.tickets.accept(message.ticket, message.expires_at);
        this.outbox.flush();
        return false;
      case "bye":
        this.isDraining = true;
        this.reconnect.set(message.reconnect_after_ms, () => this.open());
        return true;
      case "error":
        return this.refused(message);
      default:
        return true;
    }
  }

  private joined(welcome: Welcome): void {
    this.cursors.welcome(welcome);
    this.tickets.learnServerTime(welcome.server_time);
    if (welcome.you) this.tickets.planRenewal(welcome.you.ticket_expires_at);
    this.heartbeatMs = welcome.heartbeat_seconds * 1_000;
    this.setState("open", null);
    this.listenForLife();
    this.stable.set(STABLE_AFTER_MS, () => void (this.attempt = 0));
    // A ticket that came too late for the hello makes a second join worth it.
    const isLate = !this.joinedWithTicket && this.hellos <= HELLOS_PER_SOCKET;
    if (isLate && this.tickets.current !== null) this.open();
    else this.outbox.flush();
  }

  private takeFrame(frame: Extract<ServerMessage, { type: "frame" }>): boolean {
    const place = this.cursors.take(frame);
    if (place === "gap") this.retryLater();
    return place === "next";
  }

  private refused(error: Refusal): boolean {
    const { code, ref } = error;
    if (ref != null && this.outbox.has(ref)) return this.postRefused(ref, error);
    if (ref === "ticket.renew") {
      this.tickets.renewalRefused();
      return false;
    }
    if (this.state === "connecting") return this.helloRefused(error);
    // Whoever took an action hears of its refusal, whatever the reason.
    const isAct = ref != null && this.acts.settle(ref);
    if (!TICKET_CODES.has(code)) return true;
    this.joinedWithTicket = false;
    this.tickets.refuse();
    return isAct;
  }

  private helloRefused(error: Refusal): boolean {
    if (TICKET_CODES.has(error.code) && this.link !== null) {
      this.tickets.refuse();
      void this.hello(this.link);
      return false;
    }
    if (RETRIED_HELLO_CODES.has(error.code)) this.retryLater();
    return true;
  }

  private postRefused(nonce: string, error: Refusal): boolean {
    if (BUSY_CODES.has(error.code)) {
      this.outbox.defer(nonce, error.retry_after_ms);
      return false;
    }
    if (TICKET_CODES.has(error.code) && this.outbox.awaitTicket(nonce)) {
      this.joinedWithTicket = false;
      this.tickets.refuse();
      return false;
    }
    this.outbox.settle(nonce);
    return true;
  }

  private useFetchedTicket(ticket: string): void {
    if (this.state !== "open") return;
    if (this.joinedWithTicket) this.send({ type: "ticket.renew", ticket });
    else this.open(); // who we are, and which frames we may see, is settled by a hello
  }

  private signedOut(): void {
    for (const nonce of this.outbox.nonces) {
      this.outbox.settle(nonce);
      const message = "Sign in to comment.";
      this.messages.emit({ type: "error", code: "sign_in_required", message, ref: nonce });
    }
    this.signOuts.emit();
  }
}
