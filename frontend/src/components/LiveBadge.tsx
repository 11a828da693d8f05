import type { StreamStatus } from "../protocol.gen";
import styles from "./LiveBadge.module.css";

const words: Record<StreamStatus, string> = {
  live: "Live",
  scheduled: "Scheduled",
  ended: "Ended",
};

export function LiveBadge({ status }: { status: StreamStatus }) {
  return (
    <span className={styles.badge} data-status={status}>
      {words[status]}
    </span>
  );
}
