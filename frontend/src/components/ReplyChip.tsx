import { useRoom, useSession } from "../hooks/useRoom";
import type { ReplyTarget } from "../store/composer";
import { selectReplyText } from "../store/selectors";
import { s } from "../strings";
import { Icon } from "./Icon";
import styles from "./ReplyChip.module.css";
import { Sentence } from "./Sentence";

/** Which comment the next one answers. */
export function ReplyChip({ replyTo }: { replyTo: ReplyTarget }) {
  const { actions } = useSession();
  const text = useRoom(selectReplyText);
  return (
    <div className={styles.chip}>
      <Icon name="reply" size={14} />
      <p className={styles.words}>
        <Sentence of={s.comment.replyTo}>
          <bdi className={styles.name}>{replyTo.name}</bdi>
        </Sentence>{" "}
        <bdi>{text}</bdi>
      </p>
      <button
        type="button"
        aria-label={s.composer.doNotReply}
        onClick={() => {
          actions.cancelReply();
          actions.focusComposer();
        }}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
