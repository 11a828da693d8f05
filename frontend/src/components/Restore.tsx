import { useSession } from "../hooks/useRoom";
import type { TombstoneEntry } from "../store/comments";
import styles from "./CommentRow.module.css";

/** Brings back what a moderator hid, whoever it was and however long ago. */
export function Restore({ entry: { id, user } }: { entry: TombstoneEntry }) {
  const { actions } = useSession();
  const name = user?.name ?? null;
  return (
    <button
      type="button"
      className={styles.restore}
      aria-label={name === null ? "Restore this comment" : `Restore this comment by ${name}`}
      onClick={() => actions.act({ type: "restore_comment", id }, { name, text: null })}
    >
      Restore
    </button>
  );
}
