import { useEffect, useState } from "react";
import { useRoom, useSession } from "../hooks/useRoom";
import { selectConnection } from "../store/selectors";
import { comebackSentence, isOutdated, stoppedSentence } from "../strings";
import styles from "./ConnectionState.module.css";
import { Icon } from "./Icon";

/** How long "Caught up" stays. */
const COMEBACK_SHOWN_MS = 4_000;
/** A break shorter than this is over before anyone could read of it. */
const PATIENCE_MS = 600;

/** True once `isOn` has been true for a while; false at once. */
function useLasting(isOn: boolean, ms: number): boolean {
  const [hasLasted, setHasLasted] = useState(false);
  useEffect(() => {
    if (!isOn) return;
    const timer = window.setTimeout(() => setHasLasted(true), ms);
    return () => {
      window.clearTimeout(timer);
      setHasLasted(false);
    };
  }, [isOn, ms]);
  return isOn && hasLasted;
}

/** What the connection is doing, over the top of the list; nothing while all is well. */
export function ConnectionState() {
  const { actions } = useSession();
  const { link, closeCode, comeback, hasJoined, isCatchingUp } = useRoom(selectConnection);
  const count = comeback?.count ?? 0;
  const [dismissed, setDismissed] = useState(0);
  const isAway = useLasting(link !== "open" && link !== "stopped", PATIENCE_MS);
  const isBack = link === "open" && !isCatchingUp && count > dismissed;

  useEffect(() => {
    if (!isBack) return;
    const timer = window.setTimeout(() => setDismissed(count), COMEBACK_SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [isBack, count]);

  return (
    <div className={styles.place} role="status">
      {link === "stopped" ? (
        <div className={styles.pill}>
          <Icon name="warn" size={16} />
          {stoppedSentence(closeCode)}
          <button type="button" className={styles.again} onClick={() => actions.reconnect()}>
            {isOutdated(closeCode) ? "Reload" : "Try again"}
          </button>
        </div>
      ) : isAway ? (
        <div className={styles.pill}>
          <span className={styles.spinner} />
          {hasJoined ? "Reconnecting…" : "Connecting…"}
        </div>
      ) : isBack && comeback !== null ? (
        <div className={styles.pill}>
          <Icon name="check" size={16} />
          {comebackSentence(comeback.comments)}
        </div>
      ) : null}
    </div>
  );
}
