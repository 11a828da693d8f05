import type { Announcement } from "live-comments-client";
import { selectAnnouncement, selectSkew } from "../store/selectors";
import { useCountdown } from "./useCountdown";
import { useRoom } from "./useRoom";

/** What stands over the room; null when its time is over, by the server's clock. */
export function useAnnouncement(): Announcement | null {
  const announcement = useRoom(selectAnnouncement);
  const until = announcement?.until ?? null;
  const skew = useRoom(selectSkew);
  const left = useCountdown(until === null ? null : until - skew);
  return until === null || left > 0 ? announcement : null;
}
