import type { ReactNode } from "react";
import { LiveBadge } from "../components/LiveBadge";
import { ViewerCount } from "../components/ViewerCount";
import { useNow } from "../hooks/useCountdown";
import { useRoom, useSession } from "../hooks/useRoom";
import { PACE_WINDOW_SECONDS } from "../store/pace";
import { selectPace, selectStatus } from "../store/selectors";
import styles from "./DeskApp.module.css";

/** Comments a minute, as viewers are shown them. */
function Rate() {
  const { seconds } = useRoom(selectPace);
  const since = Math.floor(useNow() / 1_000) - PACE_WINDOW_SECONDS;
  const recent = seconds.filter(({ second }) => second > since);
  const said = recent.reduce((sum, { shown, leftOut }) => sum + shown + leftOut, 0);
  // Nothing yet, just after the page was opened, says nothing about the room.
  if (said === 0) return null;
  return <span className={styles.rate}>{Math.round((said * 60) / PACE_WINDOW_SECONDS)}/min</span>;
}

/** Which room this is, how it stands, what was done last, and the ways out. */
export function Header({ onHelp, children }: { onHelp: () => void; children: ReactNode }) {
  const { boot } = useSession();
  const status = useRoom(selectStatus);
  return (
    <header className={styles.header}>
      <h1 className={styles.title} dir="auto">
        {boot.title}
      </h1>
      <LiveBadge status={status} />
      <ViewerCount />
      <Rate />
      {children}
      <nav className={styles.links} aria-label="Elsewhere">
        {boot.watch_url && (
          <a href={boot.watch_url} target="_blank">
            Watch page
          </a>
        )}
        {boot.review_url && (
          <a href={boot.review_url} target="_blank">
            Review queue
          </a>
        )}
        {boot.admin_url && <a href={boot.admin_url}>Admin</a>}
        <button type="button" onClick={onHelp} title="Keys (?)" aria-label="Keys">
          ?
        </button>
      </nav>
    </header>
  );
}
