import { useSession } from "../hooks/useRoom";
import type { Comment } from "../protocol.gen";
import { Icon } from "./Icon";
import styles from "./ReplyChip.module.css";

/** Which comment the next one answers. */
export function ReplyChip({ comment }: { comment: Comment }) {
  const { actions } = useSession();
  return (
    <div className={styles.chip}>
      <Icon name="reply" size={14} />
      <p className={styles.words}>
        Reply to <bdi className={styles.name}>{comment.user.name}</bdi> <bdi>{comment.text}</bdi>
      </p>
      <button type="button" aria-label="Do not reply" onClick={() => actions.cancelReply()}>
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
