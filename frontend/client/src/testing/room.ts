import type { LinkStatus } from "../link";
import type { ServerMessage, Welcome } from "../protocol.gen";
import { RoomSocket } from "../socket";
import type { TicketAnswer } from "../tickets";
import { settled, TestClock } from "./clock";
import { welcome } from "./messages";
import { SocketPair } from "./socketPair";

export const TICKET_LIFE_MS = 900_000;

type Answer = () => Promise<TicketAnswer>;

/** A socket under test with everything around it, and the server's part in the test's hands. */
export class TestRoom {
  readonly clock = new TestClock();
  readonly pairs: SocketPair[] = [];
  readonly messages: ServerMessage[] = [];
  readonly statuses: LinkStatus[] = [];
  readonly gaveUp: string[] = [];
  /** What the page's server will say; the last answer is given again and again. */
  answers: Answer[] = [this.ticket("T1")];
  fetches = 0;
  readonly socket: RoomSocket;

  constructor(isSignedIn = true) {
    this.socket = new RoomSocket({
      url: "ws://test/ws/",
      stream: "demo",
      clock: this.clock,
      connect: () => {
        const pair = new SocketPair();
        this.pairs.push(pair);
        return pair;
      },
      fetchTicket: isSignedIn ? () => this.answer() : null,
    });
    this.socket.onMessage((message) => this.messages.push(message));
    this.socket.onStatus((status) => this.statuses.push(status));
    this.socket.onGaveUp((nonce) => this.gaveUp.push(nonce));
  }

  get latest(): SocketPair {
    return this.pairs[this.pairs.length - 1]!;
  }

  get you(): NonNullable<Welcome["you"]> {
    const ticket_expires_at = this.clock.now() + TICKET_LIFE_MS;
    return { id: "7", name: "Ana", role: "viewer", ticket_expires_at };
  }

  ticket(name: string): Answer {
    return () => {
      const expiresAt = this.clock.now() + TICKET_LIFE_MS;
      return Promise.resolve({ kind: "ticket", ticket: name, expiresAt });
    };
  }

  /** Opens the latest connection up to its welcome; returns its hello. */
  async join(changes: Partial<Welcome> = {}) {
    this.latest.accept();
    await settled();
    const [hello] = this.latest.received();
    this.latest
      .queue(welcome({ you: this.you, server_time: this.clock.now(), ...changes }))
      .deliver();
    await settled();
    return hello;
  }

  /** The connection breaks and the next one joins, with resume. */
  async rejoin(code = 1006) {
    this.latest.drop(code);
    await this.clock.pass(1_000);
    return this.join({ resumed: true });
  }

  private answer(): Promise<TicketAnswer> {
    this.fetches += 1;
    const [first, ...others] = this.answers;
    if (others.length > 0) this.answers = others;
    return first!();
  }
}
