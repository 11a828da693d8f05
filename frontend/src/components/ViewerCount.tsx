import { useRoom } from "../hooks/useRoom";
import { formatCompact } from "../format";
import { selectViewers } from "../store/selectors";
import { s } from "../strings";
import { Icon } from "./Icon";
import styles from "./ViewerCount.module.css";

/** How many people are here; nothing until it is known. */
export function ViewerCount() {
  const viewers = useRoom(selectViewers);
  // Whoever reads it is one of them: none means that nobody has counted yet.
  if (viewers === null || viewers === 0) return null;
  return (
    <span className={styles.count} title={s.stream.watchingNow(viewers)}>
      <Icon name="eye" size={16} />
      <span className="visually-hidden">{s.stream.viewers(viewers)}</span>
      <span dir="auto" aria-hidden="true">
        {formatCompact(viewers)}
      </span>
    </span>
  );
}
