/** The socket of one room, for pages and programs: no framework, no page. See README.md. */

export { type Clock, Signal, systemClock } from "./clock";
export type { Post } from "./outbox";
export * from "./protocol.gen";
export {
  type LinkState,
  type LinkStatus,
  RoomSocket,
  type RoomSocketOptions,
  type SocketLike,
} from "./socket";
export type { TicketAnswer } from "./tickets";
