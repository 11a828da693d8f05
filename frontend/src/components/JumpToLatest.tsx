import { useRoom, useSession } from "../hooks/useRoom";
import { formatCount } from "../format";
import { selectComments } from "../store/selectors";
import { s } from "../strings";
import { Icon } from "./Icon";
import styles from "./JumpToLatest.module.css";

/** The way back to the live end while the list is paused. */
export function JumpToLatest({ onJump }: { onJump: () => void }) {
  const { actions } = useSession();
  const { isFollowing, isLight, holds, unseen } = useRoom(selectComments);
  // What only lasts while the mouse is there needs no way out, which would lie in its way.
  const isPassing = isLight && (unseen === 0 || holds.has("tools"));
  if (isFollowing || isPassing) return null;
  const jump = () => {
    actions.follow();
    onJump(); // the button goes: the focus must not go with it
  };
  return (
    <div className={styles.place}>
      <button type="button" className={styles.jump} onClick={jump}>
        <span className={styles.count}>
          {unseen > 0 ? s.list.pausedNew(formatCount(unseen)) : s.list.paused}
        </span>
        <span aria-hidden="true">·</span>
        <span>{s.list.jumpToLatest}</span>
        <Icon name="down" size={16} />
      </button>
    </div>
  );
}
