import { useRoom, useSession } from "../hooks/useRoom";
import { aboutSubject } from "../moderating";
import type { Comment } from "../protocol.gen";
import { subjectOfComment } from "../store/menu";
import { selectIsStaff } from "../store/selectors";
import { Icon } from "./Icon";
import styles from "./RowTools.module.css";

/** What can be done about a comment; seen while the pointer or the focus is on its row. */
export function RowTools({ comment, canReply }: { comment: Comment; canReply: boolean }) {
  const { actions } = useSession();
  const isStaff = useRoom(selectIsStaff);
  const subject = subjectOfComment(comment);
  const { name } = comment.user;
  return (
    <div className={styles.tools} data-tools>
      {isStaff && (
        <button
          type="button"
          aria-label={`Hide this comment by ${name}`}
          title="Hide (h)"
          onClick={() =>
            actions.act({ type: "hide_comment", id: comment.id }, aboutSubject(subject))
          }
        >
          <Icon name="hide" size={16} />
        </button>
      )}
      {canReply && (
        <button
          type="button"
          aria-label={`Reply to ${name}`}
          title="Reply"
          onClick={() => actions.reply(comment)}
        >
          <Icon name="reply" size={16} />
        </button>
      )}
      <button
        type="button"
        aria-label={`More about this comment by ${name}`}
        aria-haspopup="menu"
        title="More"
        onClick={(event) => actions.openMenu(subject, event.currentTarget)}
      >
        <Icon name="more" size={16} />
      </button>
    </div>
  );
}
