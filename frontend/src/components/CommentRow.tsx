import { memo } from "react";
import { useSession } from "../hooks/useRoom";
import { formatSaidAt, formatWallTime } from "../format";
import type { Comment } from "../protocol.gen";
import type { CommentEntry, Entry } from "../store/comments";
import type { OutgoingPost } from "../store/outbox";
import { CommentText, Name, ReplyQuote } from "./CommentParts";
import styles from "./CommentRow.module.css";
import { leftOutSentence } from "../strings";
import { Icon } from "./Icon";
import { PostState } from "./PostState";

type Shown = Pick<Comment, "user" | "text" | "reply" | "at">;

interface Context {
  viewerId: string | null;
  viewerName: string | null;
  startedAt: number | null;
}

/** Rows outside of the room's order: one's own posts that have no id yet. */
export type RowSubject = Entry | { kind: "post"; key: string; post: OutgoingPost };

function Words({ shown, viewerName }: { shown: Shown; viewerName: string | null }) {
  return (
    <div className={styles.words}>
      {shown.reply && <ReplyQuote quote={shown.reply} />}
      <p className={styles.said}>
        <Name user={shown.user} />
        <CommentText text={shown.text} mention={viewerName} />
      </p>
    </div>
  );
}

function Said({ shown, startedAt }: { shown: Shown; startedAt: number | null }) {
  return (
    <time
      className={styles.time}
      dateTime={new Date(shown.at).toISOString()}
      title={formatWallTime(shown.at)}
    >
      {formatSaidAt(shown.at, startedAt)}
    </time>
  );
}

function CommentBody({ entry, context }: { entry: CommentEntry; context: Context }) {
  const { actions } = useSession();
  const { comment } = entry;
  return (
    <>
      <Words shown={comment} viewerName={context.viewerName} />
      <Said shown={comment} startedAt={context.startedAt} />
      {context.viewerId !== null && (
        <button
          type="button"
          className={styles.reply}
          aria-label={`Reply to ${comment.user.name}`}
          title="Reply"
          onClick={() => actions.reply(comment)}
        >
          <Icon name="reply" size={16} />
        </button>
      )}
      {entry.isLeftOut && <p className={styles.note}>{leftOutSentence}</p>}
    </>
  );
}

function markOf(subject: RowSubject, { viewerId, viewerName }: Context): string {
  if (subject.kind === "tombstone") return "tombstone";
  if (subject.kind === "post") return subject.post.state;
  const { user, text, reply } = subject.comment;
  if (user.id === viewerId) return "own";
  const isNamed =
    viewerName !== null && text.toLowerCase().includes(`@${viewerName.toLowerCase()}`);
  const isAnswered = viewerName !== null && reply?.name === viewerName;
  return isNamed || isAnswered ? "mention" : user.role === "broadcaster" ? "host" : "plain";
}

interface CommentRowProps extends Context {
  subject: RowSubject;
}

/**
 * One row from the moment it is typed until it leaves the page: the element stays, its contents
 * change as it is sent, shown, hidden.
 */
export const CommentRow = memo(function CommentRow({ subject, ...context }: CommentRowProps) {
  return (
    <li className={styles.row} data-row data-mark={markOf(subject, context)} tabIndex={-1}>
      {subject.kind === "tombstone" ? (
        <p className={styles.tombstone}>Comment removed</p>
      ) : subject.kind === "comment" ? (
        <CommentBody entry={subject} context={context} />
      ) : (
        <>
          <Words shown={subject.post} viewerName={null} />
          <PostState post={subject.post} />
        </>
      )}
    </li>
  );
});
