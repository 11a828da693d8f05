import type { StreamStatus } from "live-comments-client";
import { s } from "../strings";
import styles from "./LiveBadge.module.css";

export function LiveBadge({ status }: { status: StreamStatus }) {
  return (
    <span className={styles.badge} data-status={status}>
      {s.stream.statuses[status]}
    </span>
  );
}
