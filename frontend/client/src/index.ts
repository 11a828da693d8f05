/** The socket of one room, for pages and programs: no framework, no page. See README.md. */

export { type Clock, Signal, systemClock } from "./clock";
export type { LinkState, LinkStatus, SocketLike } from "./link";
export type { Post } from "./outbox";
export * from "./protocol.gen";
export { RoomSocket, type RoomSocketOptions } from "./socket";
export type { TicketAnswer } from "./tickets";
