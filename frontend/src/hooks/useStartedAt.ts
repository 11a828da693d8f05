import { selectRoom } from "../store/selectors";
import { useRoom, useSession } from "./useRoom";

/**
 * When the stream began, by the server's clock; null while it has not. The room tells it as soon as
 * it goes live; what the page was opened with serves the first picture.
 */
export function useStartedAt(): number | null {
  const { boot } = useSession();
  const { started_at } = useRoom(selectRoom);
  return started_at ?? (boot.started_at === null ? null : Date.parse(boot.started_at));
}
