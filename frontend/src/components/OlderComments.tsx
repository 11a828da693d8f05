import { useRoom, useSession } from "../hooks/useRoom";
import { selectComments } from "../store/selectors";
import { s } from "../strings";
import styles from "./OlderComments.module.css";

/** Above the first row: the way to what was said before. */
export function OlderComments() {
  const { actions } = useSession();
  const { older, hasOlder, entries, isFollowing } = useRoom(selectComments);
  if (entries.length === 0 || !hasOlder) return null; // the panel says so
  const isLoading = older === "loading";
  return (
    <button
      type="button"
      className={styles.older}
      // Not `disabled`, with which it would lose the focus.
      aria-disabled={isLoading}
      // To come to it is to read back: nobody is taken there on the way from the list to elsewhere.
      tabIndex={isFollowing ? -1 : undefined}
      onClick={() => !isLoading && actions.loadOlder()}
    >
      {isLoading ? s.list.loading : older === "failed" ? s.list.earlierFailed : s.list.earlier}
    </button>
  );
}
