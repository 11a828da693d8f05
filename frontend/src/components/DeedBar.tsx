import { useNow } from "../hooks/useCountdown";
import { useRoom, useSession } from "../hooks/useRoom";
import { deedSentence } from "../staffStrings";
import { type Deed, mayRetry } from "../store/deeds";
import { selectDeeds } from "../store/selectors";
import { s } from "../strings";
import styles from "./DeedBar.module.css";
import { Icon } from "./Icon";

/** How long what went well is shown. */
const SHOWN_MS = 10_000;
/** Most answers come sooner than anyone could read that they are waited for. */
const PATIENCE_MS = 1_000;

/** What went wrong first, else the latest that is still news. */
function newsOf(deeds: readonly Deed[], now: number): Deed | undefined {
  const isWrong = ({ state }: Deed) => state === "refused" || state === "unconfirmed";
  const wrong = deeds.findLast(isWrong);
  if (wrong) return wrong;
  const last = deeds.at(-1);
  if (last === undefined || now - last.at > SHOWN_MS) return undefined;
  if (last.state === "pending" && now - last.at < PATIENCE_MS) return undefined;
  return last;
}

/** What became of the latest action, and the way to take it back. */
export function DeedBar() {
  const { actions } = useSession();
  const deed = newsOf(useRoom(selectDeeds), useNow());
  const isWrong = deed?.state === "refused" || deed?.state === "unconfirmed";
  return (
    <div className={styles.place} role="status">
      {deed && (
        <div className={styles.bar} data-wrong={isWrong}>
          <Icon name={isWrong ? "warn" : deed.state === "pending" ? "clock" : "check"} size={16} />
          <span className={styles.words}>{deedSentence(deed)}</span>
          {mayRetry(deed) && (
            <button type="button" onClick={() => actions.retryDeed(deed.ref)}>
              {s.deeds.retry}
            </button>
          )}
          {deed.state === "done" && deed.undo && deed.undoes === null && (
            <button type="button" title={s.deeds.undoTitle} onClick={() => actions.undo(deed.ref)}>
              {s.deeds.undo}
            </button>
          )}
          {isWrong && (
            <button
              type="button"
              aria-label={s.deeds.dismiss}
              onClick={() => actions.dismissDeed(deed.ref)}
            >
              <Icon name="close" size={16} />
            </button>
          )}
        </div>
      )}
    </div>
  );
}
