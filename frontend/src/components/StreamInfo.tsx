import { useState } from "react";
import { useNow } from "../hooks/useCountdown";
import { PHONE, useMediaQuery } from "../hooks/useMediaQuery";
import { useRoom, useSession } from "../hooks/useRoom";
import { useStartedAt } from "../hooks/useStartedAt";
import { formatDayAndTime, formatOffset } from "../format";
import { selectSkew, selectStatus } from "../store/selectors";
import { s } from "../strings";
import { Avatar } from "./Avatar";
import { LiveBadge } from "./LiveBadge";
import { SettingsButton } from "./SettingsButton";
import styles from "./StreamInfo.module.css";
import { ViewerCount } from "./ViewerCount";

function Elapsed({ since }: { since: number }) {
  const seconds = (useNow() + useRoom(selectSkew) - since) / 1_000;
  return (
    <time dir="ltr" className={styles.elapsed} title={s.stream.liveSince(formatDayAndTime(since))}>
      {formatOffset(seconds)}
    </time>
  );
}

function Description({ text }: { text: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const isLong = text.length > 160 || text.includes("\n");
  return (
    <div className={styles.description}>
      <p className={isOpen || !isLong ? undefined : styles.clamped}>
        <bdi>{text}</bdi>
      </p>
      {isLong && (
        <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? s.stream.less : s.stream.more}
        </button>
      )}
    </div>
  );
}

/** Title, broadcaster and how the stream stands. */
export function StreamInfo() {
  const { boot } = useSession();
  const status = useRoom(selectStatus);
  const startedAt = useStartedAt();
  const isPhone = useMediaQuery(PHONE);
  return (
    <section className={styles.info} aria-label={s.stream.label}>
      <div className={styles.head}>
        <Avatar id={String(boot.broadcaster.id)} name={boot.broadcaster.name} />
        <div className={styles.words}>
          <h1 className={styles.title}>
            <bdi>{boot.title}</bdi>
          </h1>
          <p className={styles.facts}>
            <bdi className={styles.broadcaster}>{boot.broadcaster.name}</bdi>
            <LiveBadge status={status} />
            {status === "live" && startedAt !== null && <Elapsed since={startedAt} />}
            {status === "live" && <ViewerCount />}
          </p>
        </div>
        {isPhone && <SettingsButton />}
      </div>
      {boot.description && <Description text={boot.description} />}
    </section>
  );
}
