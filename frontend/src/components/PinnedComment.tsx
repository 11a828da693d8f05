import { useState } from "react";
import { useRoom } from "../hooks/useRoom";
import { selectPinned, selectYou } from "../store/selectors";
import { s } from "../strings";
import { CommentText, Name } from "./CommentParts";
import { Icon } from "./Icon";
import styles from "./PinnedComment.module.css";

/** The comment that moderators keep in view; a reader may fold it away until the next. */
export function PinnedComment() {
  const pinned = useRoom(selectPinned);
  const you = useRoom(selectYou);
  const [folded, setFolded] = useState<string | null>(null);
  if (pinned === null || pinned.id === folded) return null;
  return (
    <aside className={styles.pinned} aria-label={s.chat.pinned}>
      <Icon name="pin" size={16} />
      <p className={styles.words}>
        <Name user={pinned.user} />
        <CommentText text={pinned.text} mention={you?.name ?? null} />
      </p>
      <button
        type="button"
        className={styles.fold}
        aria-label={s.chat.foldPinned}
        onClick={() => setFolded(pinned.id)}
      >
        <Icon name="close" size={16} />
      </button>
    </aside>
  );
}
