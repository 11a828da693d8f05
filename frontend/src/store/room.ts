import {
  PACE_DEFAULT_PER_SECOND,
  RAID_SLOW_SECONDS,
  type Room,
  type SanctionKind,
  type You,
} from "../protocol.gen";

export interface Sanction {
  kind: SanctionKind;
  /** Server time; null for a ban. */
  until: number | null;
  reason: string;
}

export interface RoomState {
  room: Room;
  viewers: number | null;
  /** Null for a reader who is not signed in, and until the welcome. */
  you: You | null;
  sanction: Sanction | null;
  isSignedOut: boolean;
}

export const emptyRoom: RoomState = {
  room: {
    status: "live",
    closed: false,
    slow_seconds: 0,
    min_account_age_minutes: 0,
    review: false,
    pinned: null,
    pace: PACE_DEFAULT_PER_SECOND,
    links: "hold",
    standing_only: false,
    delay: 0,
    panic: false,
    raid_until: 0,
  },
  viewers: null,
  you: null,
  sanction: null,
  isSignedOut: false,
};

/** The sanction that a welcome speaks of. */
export function sanctionOf(you: You | null): Sanction | null {
  if (!you?.sanction) return null;
  return { kind: you.sanction, until: you.sanction_until ?? null, reason: "" };
}

/** How long the author of a comment waits before the next. `now`: of the server, in ms. */
export function slowSecondsOf(room: Room, now: number): number {
  return room.raid_until > now ? Math.max(room.slow_seconds, RAID_SLOW_SECONDS) : room.slow_seconds;
}
