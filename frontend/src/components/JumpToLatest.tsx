import { useRoom, useSession } from "../hooks/useRoom";
import { formatCount } from "../format";
import { selectIsFollowing, selectUnseen } from "../store/selectors";
import { Icon } from "./Icon";
import styles from "./JumpToLatest.module.css";

/** The way back to the live end while the list is paused. */
export function JumpToLatest() {
  const { actions } = useSession();
  const isFollowing = useRoom(selectIsFollowing);
  const unseen = useRoom(selectUnseen);
  if (isFollowing) return null;
  return (
    <div className={styles.place}>
      <button type="button" className={styles.jump} onClick={() => actions.follow()}>
        {unseen > 0 && <span className={styles.count}>{formatCount(unseen)} new</span>}
        {unseen > 0 && <span aria-hidden="true">·</span>}
        <span>Jump to latest</span>
        <Icon name="down" size={16} />
      </button>
    </div>
  );
}
