import styles from "../components/HeldDecision.module.css";
import { Icon } from "../components/Icon";
import { MoreButton } from "../components/MoreButton";
import { useSession } from "../hooks/useRoom";
import { aboutSubject } from "../moderating";
import type { Comment } from "live-comments-client";
import { subjectOfComment } from "../store/menu";

/** What can be decided about a comment that is shown: hide it, or leave it. */
export function Decision({ comment, isReported }: { comment: Comment; isReported: boolean }) {
  const { actions } = useSession();
  const subject = subjectOfComment(comment);
  const { id, user } = comment;
  return (
    <span className={styles.buttons}>
      <button
        type="button"
        title="Hide (h)"
        aria-label={`Hide the comment by ${user.name}`}
        onClick={() => actions.act({ type: "hide_comment", id }, aboutSubject(subject))}
      >
        <Icon name="hide" size={15} /> Hide
      </button>
      <button
        type="button"
        title="It stays, and goes off this list (a)"
        data-key="a"
        aria-label={`Let the comment by ${user.name} stand`}
        onClick={() => {
          actions.settle(id);
          if (isReported) actions.act({ type: "dismiss_reports", id }, aboutSubject(subject));
        }}
      >
        <Icon name="check" size={15} /> Let it stand
      </button>
      <MoreButton subject={subject} />
    </span>
  );
}
