import type { ClientMessage, ServerMessage } from "../protocol.gen";
import type { SocketLike } from "../link";

/**
 * One connection seen from both ends. Nothing travels by itself: each direction is a queue that
 * the test empties when it likes, so it chooses the interleaving.
 */
export class SocketPair implements SocketLike {
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  isClosedByClient = false;
  readyState = 0;
  private readonly toServer: ClientMessage[] = [];
  private readonly toClient: ServerMessage[] = [];

  // --- the client's end ---
  send(data: string): void {
    this.toServer.push(JSON.parse(data) as ClientMessage);
  }

  close(): void {
    this.isClosedByClient = true;
    this.readyState = 2;
  }

  // --- the server's end ---
  accept(): void {
    this.readyState = 1;
    this.onopen?.(new Event("open"));
  }

  queue(...messages: ServerMessage[]): this {
    this.toClient.push(...messages);
    return this;
  }

  /** Delivers the oldest queued messages, all of them unless a number is given. */
  deliver(count = this.toClient.length): void {
    for (const message of this.toClient.splice(0, count)) {
      this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(message) }));
    }
  }

  /** What the client has sent since the last look. */
  received(): ClientMessage[] {
    return this.toServer.splice(0);
  }

  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
}
