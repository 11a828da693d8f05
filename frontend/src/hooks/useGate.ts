import { formatOffset, formatWait } from "../format";
import { selectIsSignedOut, selectIsStaff, selectRoom } from "../store/selectors";
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

/** The gate before the composer; null when it is open. */
export function useGate(): Gate | null {
  const { boot } = useSession();
  const room = useRoom(selectRoom);
  const isStaff = useRoom(selectIsStaff);
  const isSignedOut = useRoom(selectIsSignedOut);
  const sanctioned = useSanction();
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
    const text =
      sanction.kind === "ban"
        ? "You are banned from this room."
        : `You are timed out for ${remaining(secondsLeft)}.`;
    return { kind: "sanction", text, detail: reason, appealUrl: boot.appeals_url };
  }
  if (room.closed && !isStaff) return { kind: "room", text: "Comments are closed for now." };
  return null;
}
