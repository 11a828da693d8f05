import { selectSanction, selectSkew } from "../store/selectors";
import { useCountdown } from "./useCountdown";
import { useRoom } from "./useRoom";
import type { Sanction } from "../store/room";

/** The sanction in force, with the seconds that are left of a time-out. */
export function useSanction(): { sanction: Sanction; secondsLeft: number } | null {
  const sanction = useRoom(selectSanction);
  const skewMs = useRoom(selectSkew);
  const secondsLeft = useCountdown(sanction?.until == null ? null : sanction.until - skewMs);
  if (sanction === null || (sanction.until !== null && secondsLeft === 0)) return null;
  return { sanction, secondsLeft };
}
