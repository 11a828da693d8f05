import { useRoom } from "../hooks/useRoom";
import { formatCompact, formatCount, pluralise } from "../format";
import { selectViewers } from "../store/selectors";
import { Icon } from "./Icon";
import styles from "./ViewerCount.module.css";

/** How many people are here; nothing until it is known. */
export function ViewerCount() {
  const viewers = useRoom(selectViewers);
  if (viewers === null) return null;
  return (
    <span className={styles.count} title={`${formatCount(viewers)} watching now`}>
      <Icon name="eye" size={16} />
      <span className="visually-hidden">{pluralise(viewers, "viewer", "viewers")} watching</span>
      <span aria-hidden="true">{formatCompact(viewers)}</span>
    </span>
  );
}
