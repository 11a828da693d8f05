import { useRoom, useSession } from "../hooks/useRoom";
import { formatClockTime, formatWallTime } from "../format";
import { deedSentence } from "../staffStrings";
import { mayRetry } from "../store/deeds";
import { selectDeeds } from "../store/selectors";
import styles from "./StaffBar.module.css";

/** One's own last actions, the latest first, each with the way to take it back. */
export function DeedList() {
  const { actions } = useSession();
  const deeds = useRoom(selectDeeds).filter(({ undoes }) => undoes === null);
  if (deeds.length === 0) return <p className={styles.none}>Nothing in this tab yet.</p>;
  return (
    <ol className={styles.list} aria-label="Your actions">
      {[...deeds].reverse().map((deed) => (
        <li key={deed.ref} className={styles.deed}>
          <time dateTime={new Date(deed.at).toISOString()} title={formatWallTime(deed.at)}>
            {formatClockTime(deed.at)}
          </time>
          <span className={styles.words}>{deedSentence(deed)}</span>
          {deed.state === "done" && deed.undo && (
            <button type="button" onClick={() => actions.undo(deed.ref)}>
              Undo
            </button>
          )}
          {mayRetry(deed) && (
            <button type="button" onClick={() => actions.retryDeed(deed.ref)}>
              Retry
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}
