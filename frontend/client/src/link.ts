/** The part of the browser's WebSocket that is used here. */
export interface SocketLike {
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent<unknown>) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
  readonly readyState: number;
  send(data: string): void;
  close(): void;
}

/** `waiting` is between two tries; `stopped` does not try again by itself. */
export type LinkState = "connecting" | "open" | "waiting" | "stopped";

export interface LinkStatus {
  state: LinkState;
  /** The code that ended it, when stopped by the server. */
  closeCode: number | null;
  /** When it tries again by itself, by the clock it was given; while waiting alone. */
  retryAt: number | null;
}

/** `WebSocket.OPEN`: before and after it nothing can be sent. */
export const OPEN = 1;
