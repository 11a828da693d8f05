import { useState } from "react";
import { useNow } from "../hooks/useCountdown";
import { useRoom, useSession } from "../hooks/useRoom";
import { formatDayAndTime, formatOffset } from "../format";
import { selectStatus } from "../store/selectors";
import { Avatar } from "./Avatar";
import { LiveBadge } from "./LiveBadge";
import styles from "./StreamInfo.module.css";
import { ViewerCount } from "./ViewerCount";

function Elapsed({ since }: { since: string }) {
  const seconds = (useNow() - Date.parse(since)) / 1_000;
  return (
    <time className={styles.elapsed} title={`Live since ${formatDayAndTime(since)}`}>
      {formatOffset(seconds)}
    </time>
  );
}

function Description({ text }: { text: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const isLong = text.length > 160 || text.includes("\n");
  return (
    <div className={styles.description}>
      <p dir="auto" className={isOpen || !isLong ? undefined : styles.clamped}>
        {text}
      </p>
      {isLong && (
        <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? "Less" : "More"}
        </button>
      )}
    </div>
  );
}

/** Title, broadcaster and how the stream stands. */
export function StreamInfo() {
  const { boot } = useSession();
  const status = useRoom(selectStatus);
  return (
    <section className={styles.info} aria-label="About this stream">
      <div className={styles.head}>
        <Avatar id={String(boot.broadcaster.id)} name={boot.broadcaster.name} />
        <div className={styles.words}>
          <h1 className={styles.title} dir="auto">
            {boot.title}
          </h1>
          <p className={styles.facts}>
            <bdi className={styles.broadcaster}>{boot.broadcaster.name}</bdi>
            <LiveBadge status={status} />
            {status === "live" && boot.started_at && <Elapsed since={boot.started_at} />}
            {status === "live" && <ViewerCount />}
          </p>
        </div>
      </div>
      {boot.description && <Description text={boot.description} />}
    </section>
  );
}
