import { useState } from "react";
import { selectCooldownUntil } from "../store/selectors";
import { secondsUntil, useCountdown } from "./useCountdown";
import { useRoom, useSession } from "./useRoom";

interface Asked {
  until: number;
  /** How long it was when somebody tried. */
  seconds: number;
}

export interface Wait {
  /** What somebody who tried too early waits for; null when nobody has. */
  asked: Asked | null;
  secondsLeft: number;
  /** False, and remembered, while nothing can be sent yet. */
  mayPass(): boolean;
}

/** The wait until one may send again, for whoever tries before. */
export function useWait(): Wait {
  const { store } = useSession();
  const until = useRoom(selectCooldownUntil);
  const [asked, setAsked] = useState<Asked | null>(null);
  // A wait that was shortened or begun anew is not the one that was asked about.
  const isSame = asked !== null && asked.until === until;
  return {
    asked: isSame ? asked : null,
    secondsLeft: useCountdown(isSame ? until : null),
    mayPass() {
      const { cooldownUntil } = store.getState().outbox;
      const seconds = secondsUntil(cooldownUntil);
      setAsked(seconds > 0 ? { until: cooldownUntil, seconds } : null);
      return seconds === 0;
    },
  };
}
