import type { Sanction } from "../store/room";
import {
  selectIsSignedOut,
  selectIsStaff,
  selectJoinedAt,
  selectRoom,
  selectSkew,
} from "../store/selectors";
import { s } from "../strings";
import { formatRemaining } from "../waits";
import { useCountdown } from "./useCountdown";
import { useRoom, useSession } from "./useRoom";
import { useSanction } from "./useSanction";

/** Why this person cannot comment just now. */
export interface Gate {
  kind: "sign_in" | "room" | "sanction";
  text: string;
  detail?: string;
  /** Where one can ask for it to be reconsidered. */
  appealUrl?: string | undefined;
}

function sanctionSentence({ kind, isEverywhere }: Sanction, secondsLeft: number): string {
  if (kind === "ban") return isEverywhere ? s.gate.bannedEverywhere : s.gate.bannedHere;
  const left = formatRemaining(secondsLeft);
  return isEverywhere ? s.gate.timedOutEverywhere(left) : s.gate.timedOutHere(left);
}

/** The seconds until this person's account is old enough for the room. */
function useTooNew(): number {
  const { min_account_age_minutes: minutes } = useRoom(selectRoom);
  const joinedAt = useRoom(selectJoinedAt);
  const skewMs = useRoom(selectSkew);
  const isGated = minutes > 0 && joinedAt !== null;
  return useCountdown(isGated ? joinedAt + minutes * 60_000 - skewMs : null);
}

/** The gate before the composer; null when it is open. */
export function useGate(): Gate | null {
  const { boot } = useSession();
  const room = useRoom(selectRoom);
  const isStaff = useRoom(selectIsStaff);
  const isSignedOut = useRoom(selectIsSignedOut);
  const sanctioned = useSanction();
  const tooNewSeconds = useTooNew();
  if (room.status === "ended") return { kind: "room", text: s.gate.ended };
  if (room.status === "scheduled") return { kind: "room", text: s.gate.scheduled };
  if (boot.user === null || isSignedOut) {
    return { kind: "sign_in", text: isSignedOut ? s.gate.signInAgain : s.gate.signIn };
  }
  if (sanctioned !== null) {
    const { sanction, secondsLeft } = sanctioned;
    const reason = sanction.reason ? s.gate.reason(sanction.reason) : undefined;
    const text = sanctionSentence(sanction, secondsLeft);
    return { kind: "sanction", text, detail: reason, appealUrl: boot.appeals_url };
  }
  if (room.closed && !isStaff) return { kind: "room", text: s.gate.closed };
  if (tooNewSeconds > 0 && !isStaff) {
    const detail = s.gate.tooNewFor(formatRemaining(tooNewSeconds));
    return { kind: "room", text: s.gate.tooNew, detail };
  }
  return null;
}
