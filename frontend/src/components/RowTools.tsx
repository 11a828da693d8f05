import { useRoom, useSession } from "../hooks/useRoom";
import { aboutSubject } from "../moderating";
import type { Comment } from "live-comments-client";
import { subjectOfComment } from "../store/menu";
import { selectIsStaff } from "../store/selectors";
import { s } from "../strings";
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
          aria-label={s.comment.hideThis(name)}
          title={s.comment.hide}
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
          aria-label={s.comment.replyTo(name)}
          title={s.comment.reply}
          onClick={() => actions.reply(comment)}
        >
          <Icon name="reply" size={16} />
        </button>
      )}
      <button
        type="button"
        aria-label={s.comment.moreAbout(name)}
        aria-haspopup="menu"
        title={s.comment.more}
        onClick={(event) => actions.openMenu(subject, event.currentTarget)}
      >
        <Icon name="more" size={16} />
      </button>
    </div>
  );
}
