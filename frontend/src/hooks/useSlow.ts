import { RAID_SLOW_SECONDS } from "live-comments-client";
import { selectIsStaff, selectRoom } from "../store/selectors";
import { useRaid } from "./useRaid";
import { useRoom } from "./useRoom";

/** How long this person has to wait after each comment; 0 where the room is not slow for them. */
export function useSlow(): number {
  const { slow_seconds: slowSeconds } = useRoom(selectRoom);
  const isRaid = useRaid() !== null;
  const isStaff = useRoom(selectIsStaff);
  if (isStaff) return 0;
  return isRaid ? Math.max(slowSeconds, RAID_SLOW_SECONDS) : slowSeconds;
}
