import type { Comment, Frame, Item, Room, Welcome } from "../protocol.gen";

/** Messages with as little in them as a test needs. */

export const room: Room = {
  status: "live",
  closed: false,
  slow_seconds: 0,
  min_account_age_minutes: 0,
  review: false,
  pinned: null,
  pace: 20,
  links: "hold",
  standing_only: false,
  delay: 0,
  panic: false,
  raid_until: 0,
  started_at: null,
  ended_at: null,
  announcement: null,
};

export function comment(id: number | string, changes: Partial<Comment> = {}): Comment {
  return {
    id: String(id),
    user: { id: "7", name: "Ana" },
    text: `comment ${id}`,
    at: 1_800_000_000_000,
    ...changes,
  };
}

export function posted(...ids: (number | string)[]): Item[] {
  return ids.map((id) => ({ type: "comment.posted", comment: comment(id) }));
}

export function frame(seq: number, items: Item[] = [], changes: Partial<Frame> = {}): Frame {
  return { type: "frame", seq, through: String(seq * 100), items, ...changes };
}

export function welcome(changes: Partial<Welcome> = {}): Welcome {
  return {
    type: "welcome",
    version: 1,
    epoch: "e1",
    public: { seq: 10, through: "1000" },
    room,
    reactions: {},
    viewers: 3,
    server_time: 1_800_000_000_000,
    heartbeat_seconds: 30,
    resumed: false,
    ...changes,
  };
}
