import { useRoom, useSession } from "../hooks/useRoom";
import { hasUndrawn } from "../store/comments";
import { selectComments } from "../store/selectors";
import styles from "./OlderComments.module.css";

/** Above the first row: the way to what was said before. */
export function OlderComments() {
  const { actions } = useSession();
  const comments = useRoom(selectComments);
  const { older } = comments;
  if (comments.entries.length === 0) return null; // the panel says so
  if (!comments.hasOlder && !hasUndrawn(comments)) return null;
  return (
    <button
      type="button"
      className={styles.older}
      disabled={older === "loading"}
      onClick={() => actions.loadOlder()}
    >
      {older === "loading"
        ? "Loading…"
        : older === "failed"
          ? "Earlier comments did not load. Try again"
          : "Earlier comments"}
    </button>
  );
}
