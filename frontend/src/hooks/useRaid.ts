import { selectRoom, selectSkew } from "../store/selectors";
import { useCountdown } from "./useCountdown";
import { useRoom } from "./useRoom";

/** Until when raid mode holds, by the local clock; null while it does not. */
export function useRaid(): number | null {
  const { raid_until } = useRoom(selectRoom);
  const until = raid_until - useRoom(selectSkew);
  return useCountdown(raid_until === 0 ? null : until) > 0 ? until : null;
}
