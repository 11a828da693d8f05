import {
  type ErrorCode,
  PACE_DEFAULT_PER_SECOND,
  RAID_SLOW_SECONDS,
  type Room,
  type SanctionKind,
  type You,
} from "live-comments-client";

export interface Sanction {
  kind: SanctionKind;
  /** Server time; null for a ban. */
  until: number | null;
  reason: string;
  /** It holds in all streams, and no room tells of it. */
  isEverywhere?: boolean;
}

export interface RoomState {
  room: Room;
  viewers: number | null;
  /** Null for a reader who is not signed in, and until the welcome. */
  you: You | null;
  sanction: Sanction | null;
  /** When this reader's account was made, by the server's clock, once that is known. */
  joinedAt: number | null;
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
    started_at: null,
    ended_at: null,
    announcement: null,
  },
  viewers: null,
  you: null,
  sanction: null,
  joinedAt: null,
  isSignedOut: false,
};

/** The sanction after a welcome, which knows those of the room alone, and not their reasons. */
export function sanctionOf(you: You | null, before: Sanction | null): Sanction | null {
  if (!you?.sanction) return before?.isEverywhere ? before : null;
  const { sanction: kind, sanction_until: until = null } = you;
  const isSame = before?.kind === kind && before.until === until;
  return isSame ? before : { kind, until, reason: "" };
}

export function isOver({ until }: Sanction, now: number): boolean {
  return until !== null && until <= now;
}

/** Out of all streams; `until` is null for good. */
export function suspended(until: number | null, reason = ""): Sanction {
  return { kind: until === null ? "ban" : "timeout", until, reason, isEverywhere: true };
}

/**
 * What a refusal says about this person's standing. Rooms tell of their own sanctions beforehand:
 * one that the page does not know of holds everywhere. `wait`: in ms; `now`: of the server.
 */
export function learnStanding(
  state: RoomState,
  code: ErrorCode,
  wait: number | null,
  now: number,
): RoomState {
  const { sanction, room } = state;
  if (code === "account_too_new" && wait !== null) {
    return { ...state, joinedAt: now + wait - room.min_account_age_minutes * 60_000 };
  }
  const isKept = code === "banned" || (code === "timed_out" && wait !== null);
  if (!isKept || (sanction !== null && !isOver(sanction, now))) return state;
  return { ...state, sanction: suspended(code === "banned" || wait === null ? null : now + wait) };
}

/** When this reader's account is old enough for the room, by the server's clock; null: it is. */
export function accountOldEnoughAt({ room, joinedAt }: RoomState): number | null {
  const minutes = room.min_account_age_minutes;
  return minutes > 0 && joinedAt !== null ? joinedAt + minutes * 60_000 : null;
}

/** How long the author of a comment waits before the next. `now`: of the server, in ms. */
export function slowSecondsOf(room: Room, now: number): number {
  return room.raid_until > now ? Math.max(room.slow_seconds, RAID_SLOW_SECONDS) : room.slow_seconds;
}
