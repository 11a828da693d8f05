import { useEffect, useState } from "react";
import { useCountdown } from "../hooks/useCountdown";
import { useOnline } from "../hooks/useOnline";
import { useRoom, useSession } from "../hooks/useRoom";
import { selectConnection } from "../store/selectors";
import type { ConnectionState as Connection } from "../store/connection";
import { comebackSentence, isOutdated, stoppedSentence } from "../sentences";
import { s } from "../strings";
import styles from "./ConnectionState.module.css";
import { Icon } from "./Icon";

/** How long "Caught up" stays. */
const COMEBACK_SHOWN_MS = 4_000;
/** A break shorter than this is over before anyone could read of it. */
const PATIENCE_MS = 600;
/** A wait shorter than this is over before anyone could end it. */
const WORTH_ENDING_SECONDS = 3;

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

/** The last return that was not read yet; null when there is none, or its time is over. */
function useComeback({ link, comeback, isCatchingUp }: Connection): Connection["comeback"] {
  const count = comeback?.count ?? 0;
  const [dismissed, setDismissed] = useState(0);
  const isBack = link === "open" && !isCatchingUp && count > dismissed;
  useEffect(() => {
    if (!isBack) return;
    const timer = window.setTimeout(() => setDismissed(count), COMEBACK_SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [isBack, count]);
  return isBack ? comeback : null;
}

type Kind = "stopped" | "offline" | "away" | "catching_up" | "back";

const icons = {
  stopped: <Icon name="warn" size={16} />,
  offline: <Icon name="offline" size={16} />,
  away: <span className={styles.spinner} />,
  catching_up: <span className={styles.spinner} />,
  back: <Icon name="check" size={16} />,
} satisfies Record<Kind, React.ReactNode>;

/** What there is to say, from the gravest on; null while all is well. */
function useNews(connection: Connection): { kind: Kind; words: string } | null {
  const { link, closeCode, hasJoined, isCatchingUp } = connection;
  const isOnline = useOnline();
  const comeback = useComeback(connection);
  const isAway = useLasting(link !== "open" && link !== "stopped", PATIENCE_MS);
  const isBehind = useLasting(link === "open" && isCatchingUp, PATIENCE_MS);
  if (link === "stopped") return { kind: "stopped", words: stoppedSentence(closeCode) };
  if (link !== "open" && !isOnline) return { kind: "offline", words: s.connection.offline };
  if (isAway) {
    const { connecting, reconnecting } = s.connection;
    return { kind: "away", words: hasJoined ? reconnecting : connecting };
  }
  if (isBehind) return { kind: "catching_up", words: s.connection.catchingUp };
  return comeback && { kind: "back", words: comebackSentence(comeback.comments) };
}

/**
 * What the connection is doing, over the top of the list; nothing while all is well. It is spoken
 * once: the seconds that count down are for the eye alone.
 */
export function ConnectionState() {
  const { actions } = useSession();
  const connection = useRoom(selectConnection);
  const { closeCode, retryAt } = connection;
  const news = useNews(connection);
  const seconds = useCountdown(retryAt);
  // It stays until the next try: a button must not go as somebody reaches for it.
  const [longWait, setLongWait] = useState<number | null>(null);
  if (seconds > WORTH_ENDING_SECONDS && longWait !== retryAt) setLongWait(retryAt);
  const mayTry = news?.kind === "away" && retryAt !== null && longWait === retryAt;
  const again =
    news?.kind === "stopped"
      ? isOutdated(closeCode)
        ? s.connection.reload
        : s.connection.tryAgain
      : mayTry
        ? s.connection.tryNow
        : null;
  return (
    <div className={styles.place}>
      <div className={styles.pill} data-kind={news?.kind ?? "none"}>
        {news && icons[news.kind]}
        <span role="status">{news?.words}</span>
        {mayTry && <span aria-hidden="true">{s.connection.inSeconds(seconds)}</span>}
        {again !== null && (
          <button type="button" className={styles.again} onClick={() => actions.reconnect()}>
            {again}
          </button>
        )}
      </div>
    </div>
  );
}
