import { formatOffset, formatWait } from "../format";
import type { Sanction } from "../store/room";
import {
  selectIsSignedOut,
  selectIsStaff,
  selectJoinedAt,
  selectRoom,
  selectSkew,
} from "../store/selectors";
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

function remaining(seconds: number): string {
  return seconds < 3_600 ? formatOffset(seconds) : formatWait(seconds);
}

function sanctionSentence({ kind, isEverywhere }: Sanction, secondsLeft: number): string {
  if (kind === "ban") {
    return isEverywhere ? "You are banned from all streams." : "You are banned from this room.";
  }
  const left = remaining(secondsLeft);
  return isEverywhere
    ? `You are kept out of all streams for ${left}.`
    : `You are timed out for ${left}.`;
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
  if (room.status === "ended") return { kind: "room", text: "This stream has ended." };
  if (room.status === "scheduled") {
    return { kind: "room", text: "Comments open when the stream starts." };
  }
  if (boot.user === null || isSignedOut) {
    return {
      kind: "sign_in",
      text: isSignedOut ? "Sign in again to comment" : "Sign in to comment",
    };
  }
  if (sanctioned !== null) {
    const { sanction, secondsLeft } = sanctioned;
    const reason = sanction.reason ? `Reason: ${sanction.reason}` : undefined;
    const text = sanctionSentence(sanction, secondsLeft);
    return { kind: "sanction", text, detail: reason, appealUrl: boot.appeals_url };
  }
  if (room.closed && !isStaff) return { kind: "room", text: "Comments are closed for now." };
  if (tooNewSeconds > 0 && !isStaff) {
    const text = "Your account is too new for this room.";
    return { kind: "room", text, detail: `It may comment in ${remaining(tooNewSeconds)}.` };
  }
  return null;
}
