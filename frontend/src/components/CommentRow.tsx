import { memo } from "react";
import { useTools } from "../hooks/useTools";
import { formatSaidAt, formatWallTime } from "../format";
import type { Comment, Held } from "../protocol.gen";
import type { CommentEntry, Entry, TombstoneEntry } from "../store/comments";
import type { OutgoingPost } from "../store/outbox";
import { CommentText, Name, ReplyQuote } from "./CommentParts";
import styles from "./CommentRow.module.css";
import { leftOutSentence, tombstoneSentence } from "../strings";
import { PostState } from "./PostState";
import { RowTools } from "./RowTools";

type Shown = Pick<Comment, "user" | "text" | "reply" | "at">;

interface Context {
  viewerId: string | null;
  viewerName: string | null;
  startedAt: number | null;
  isStaff: boolean;
}

/** Rows of the room's order, comments that wait among them, and one's own posts without an id. */
export type RowSubject =
  | Entry
  | { kind: "post"; key: string; post: OutgoingPost }
  | { kind: "held"; key: string; held: Held };

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
  const { comment } = entry;
  return (
    <>
      <Words shown={comment} viewerName={context.viewerName} />
      <Said shown={comment} startedAt={context.startedAt} />
      <RowTools comment={comment} canReply={context.viewerId !== null} />
      {entry.isLeftOut && <p className={styles.note}>{leftOutSentence}</p>}
      {context.isStaff && <StaffMarks entry={entry} />}
    </>
  );
}

/** What only moderators are told about a comment. */
function StaffMarks({ entry }: { entry: CommentEntry }) {
  const tools = useTools(true);
  return tools && <tools.RowMarks id={entry.id} shownAt={entry.shownAt ?? null} />;
}

function HeldBody({ held, context }: { held: Held; context: Context }) {
  const tools = useTools(true);
  return (
    <>
      <Words shown={held} viewerName={context.viewerName} />
      <Said shown={held} startedAt={context.startedAt} />
      {tools && <tools.HeldDecision held={held} />}
    </>
  );
}

function Tombstone({ entry, isStaff }: { entry: TombstoneEntry; isStaff: boolean }) {
  const mayRestore = isStaff && entry.cause === "moderator";
  const tools = useTools(mayRestore);
  return (
    <p className={styles.tombstone}>
      {tombstoneSentence(entry)}
      {mayRestore && tools && <tools.Restore entry={entry} />}
    </p>
  );
}

function Body({ subject, context }: { subject: RowSubject; context: Context }) {
  switch (subject.kind) {
    case "tombstone":
      return <Tombstone entry={subject} isStaff={context.isStaff} />;
    case "comment":
      return <CommentBody entry={subject} context={context} />;
    case "held":
      return <HeldBody held={subject.held} context={context} />;
    case "post":
      return (
        <>
          <Words shown={subject.post} viewerName={null} />
          <PostState post={subject.post} />
        </>
      );
  }
}

function markOf(subject: RowSubject, { viewerId, viewerName }: Context): string {
  if (subject.kind === "tombstone") return "tombstone";
  if (subject.kind === "post") return subject.post.state;
  if (subject.kind === "held") return "held";
  if (subject.shownAt !== undefined) return "delayed";
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
    <li
      className={styles.row}
      data-row={subject.key}
      data-mark={markOf(subject, context)}
      tabIndex={-1}
    >
      <Body subject={subject} context={context} />
    </li>
  );
});
