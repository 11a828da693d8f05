import { useRoom } from "../hooks/useRoom";
import { selectComments, selectHasJoined, selectStatus } from "../store/selectors";
import { s } from "../strings";
import styles from "./EmptyList.module.css";
import { Icon } from "./Icon";

const widths = ["w60", "w85", "w45", "w75", "w55", "w90"] as const;

/** The panel before the first comment: never blank. */
export function EmptyList() {
  const hasJoined = useRoom(selectHasJoined);
  const { older } = useRoom(selectComments);
  const status = useRoom(selectStatus);
  if (!hasJoined || older === "loading") {
    return (
      <div className={styles.loading} aria-hidden="true">
        {widths.map((width) => (
          <span key={width} className={`${styles.line} ${styles[width]}`} />
        ))}
      </div>
    );
  }
  return (
    <div className={styles.empty}>
      <Icon name="chat" size={32} />
      <p className={styles.title}>{status === "ended" ? s.list.none : s.list.noneYet}</p>
      <p>
        {status === "live"
          ? s.list.sayTheFirst
          : status === "scheduled"
            ? s.list.openAtStart
            : s.list.nobodySpoke}
      </p>
    </div>
  );
}
