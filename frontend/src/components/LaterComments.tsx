import { useRoom, useSession } from "../hooks/useRoom";
import { selectComments } from "../store/selectors";
import { s } from "../strings";
import styles from "./OlderComments.module.css";

/** Below the last row while what is read does not reach the newest: the way on. */
export function LaterComments() {
  const { actions } = useSession();
  const { newer, tail } = useRoom(selectComments);
  if (tail === null) return null;
  const isLoading = newer === "loading";
  const words = { idle: s.list.later, loading: s.list.loading, failed: s.list.laterFailed };
  return (
    <button
      type="button"
      className={styles.older}
      // Not `disabled`, with which it would lose the focus.
      aria-disabled={isLoading}
      onClick={() => !isLoading && actions.loadNewer()}
    >
      {words[newer]}
    </button>
  );
}
