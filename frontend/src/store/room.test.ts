import { describe, expect, test } from "vitest";
import { emptyRoom, learnStanding, type RoomState, sanctionOf, suspended } from "./room";

const NOW = 1_800_000_000_000;
const you = { id: "7", name: "Ana", role: "viewer", ticket_expires_at: NOW } as const;
const inRoom = { kind: "timeout", until: NOW + 60_000, reason: "caps" } as const;
const state = (changes: Partial<RoomState> = {}): RoomState => ({ ...emptyRoom, ...changes });

describe("a refusal of somebody the room has no sanction for", () => {
  test("means that they are kept out everywhere, for as long as it says", () => {
    const { sanction } = learnStanding(state(), "timed_out", 3_600_000, NOW);
    expect(sanction).toEqual(suspended(NOW + 3_600_000));
    expect(sanction?.kind).toBe("timeout");
  });

  test("means a ban where it has no end", () => {
    const { sanction } = learnStanding(state(), "banned", null, NOW);
    expect(sanction).toEqual({ kind: "ban", until: null, reason: "", isEverywhere: true });
  });

  test("also when the room's own time-out is over", () => {
    const over = state({ sanction: { ...inRoom, until: NOW - 1 } });
    expect(learnStanding(over, "banned", null, NOW).sanction?.isEverywhere).toBe(true);
  });

  test("says nothing new where the page knows why", () => {
    const known = state({ sanction: inRoom });
    expect(learnStanding(known, "timed_out", 60_000, NOW)).toBe(known);
  });

  test.each(["rate_limited", "slow_mode", "room_closed", "busy"] as const)(
    "nor when it is about something else: %s",
    (code) => {
      const before = state();
      expect(learnStanding(before, code, 60_000, NOW)).toBe(before);
    },
  );
});

test("a refusal for a new account tells when the account was made", () => {
  const gated = state({ room: { ...emptyRoom.room, min_account_age_minutes: 60 } });
  const { joinedAt } = learnStanding(gated, "account_too_new", 44 * 60_000, NOW);
  expect(joinedAt).toBe(NOW - 16 * 60_000);
});

describe("a welcome", () => {
  test("does not end what holds everywhere: no room knows of it", () => {
    const everywhere = suspended(null, "spam");
    expect(sanctionOf(you, everywhere)).toBe(everywhere);
  });

  test("ends a sanction of the room that it does not speak of", () => {
    expect(sanctionOf(you, inRoom)).toBeNull();
  });

  test("leaves the same sanction its reason", () => {
    const again = { ...you, sanction: "timeout", sanction_until: inRoom.until } as const;
    expect(sanctionOf(again, inRoom)).toBe(inRoom);
    expect(sanctionOf({ ...again, sanction_until: NOW + 1 }, inRoom)?.reason).toBe("");
  });
});
