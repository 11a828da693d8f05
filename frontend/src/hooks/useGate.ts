import { useEffect, useEffectEvent, useState } from "react";
import type { Sanction } from "../store/room";
import {
  selectIsSignedOut,
  selectIsStaff,
  selectOldEnoughAt,
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
  /** Changes with the reason alone, and not with the seconds that run. */
  about: string;
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
  const oldEnoughAt = useRoom(selectOldEnoughAt);
  const skewMs = useRoom(selectSkew);
  return useCountdown(oldEnoughAt === null ? null : oldEnoughAt - skewMs);
}

/** The gate before the composer; null when it is open. */
export function useGate(): Gate | null {
  const { boot } = useSession();
  const room = useRoom(selectRoom);
  const isStaff = useRoom(selectIsStaff);
  const isSignedOut = useRoom(selectIsSignedOut);
  const sanctioned = useSanction();
  const tooNewSeconds = useTooNew();
  if (room.status === "ended") return { kind: "room", text: s.gate.ended, about: "ended" };
  if (room.status === "scheduled")
    return { kind: "room", text: s.gate.scheduled, about: "scheduled" };
  if (boot.user === null || isSignedOut) {
    const text = isSignedOut ? s.gate.signInAgain : s.gate.signIn;
    return { kind: "sign_in", text, about: "sign_in" };
  }
  if (sanctioned !== null) {
    const { sanction, secondsLeft } = sanctioned;
    const reason = sanction.reason ? s.gate.reason(sanction.reason) : undefined;
    const text = sanctionSentence(sanction, secondsLeft);
    const { kind, until, isEverywhere } = sanction;
    const about = JSON.stringify([kind, until, isEverywhere, reason]);
    return { kind: "sanction", text, detail: reason, about, appealUrl: boot.appeals_url };
  }
  if (room.closed && !isStaff) return { kind: "room", text: s.gate.closed, about: "closed" };
  if (tooNewSeconds > 0 && !isStaff) {
    const detail = s.gate.tooNewFor(formatRemaining(tooNewSeconds));
    return { kind: "room", text: s.gate.tooNew, detail, about: "too_new" };
  }
  return null;
}

/** Until the countdown knows its seconds; and a region that comes with its words is often not read. */
const TELL_AFTER_MS = 100;

/**
 * The gate in words for a live region: once as it comes, with the wait as it was then, and again when
 * it opens. What asks to sign in is a link, which is found without being told.
 */
export function useGateNews(gate: Gate | null): string {
  const [words, setWords] = useState("");
  const about = gate === null || gate.kind === "sign_in" ? null : gate.about;
  const tell = useEffectEvent(() => {
    if (about !== null) setWords([gate?.text, gate?.detail].filter(Boolean).join(" "));
    else setWords((before) => (gate === null && before !== "" ? s.gate.open : ""));
  });
  useEffect(() => {
    const timer = window.setTimeout(() => tell(), TELL_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [about]);
  return words;
}
