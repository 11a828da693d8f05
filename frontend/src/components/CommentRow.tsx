import { memo } from "react";
import { useTools } from "../hooks/useTools";
import { formatSaidAt, formatWallTime } from "../format";
import type { Comment, Held } from "live-comments-client";
import { markOf, type RowSubject } from "../rows";
import type { CommentEntry, TombstoneEntry } from "../store/comments";
import { CommentText, Name, ReplyQuote } from "./CommentParts";
import styles from "./CommentRow.module.css";
import { tombstoneSentence } from "../sentences";
import { s } from "../strings";
import { PostState } from "./PostState";
import { RowTools } from "./RowTools";

type Shown = Pick<Comment, "user" | "text" | "reply" | "at">;

interface Context {
  viewerId: string | null;
  viewerName: string | null;
  startedAt: number | null;
  isStaff: boolean;
  silencedNames: ReadonlySet<string>;
  /** Gone to a moment ago: lit, so that the eye finds it. */
  isSought: boolean;
  /** Pointed at, or with the focus: its buttons are there. */
  isActive: boolean;
}

function Words({ shown, context }: { shown: Shown; context: Context }) {
  const { viewerName, silencedNames, isActive } = context;
  return (
    <div className={styles.words}>
      {shown.reply && (
        <ReplyQuote
          quote={shown.reply}
          isSilenced={silencedNames.has(shown.reply.name)}
          isReached={isActive}
        />
      )}
      <p className={styles.said}>
        <Name user={shown.user} />
        <CommentText text={shown.text} mention={viewerName} />
      </p>
    </div>
  );
}

function Said({ shown, context }: { shown: Shown; context: Context }) {
  return (
    <time
      className={styles.time}
      data-beside={shown.reply ? "quote" : undefined}
      dir="auto"
      dateTime={new Date(shown.at).toISOString()}
      title={context.isActive ? formatWallTime(shown.at) : undefined}
    >
      {formatSaidAt(shown.at, context.startedAt)}
    </time>
  );
}

function CommentBody({ entry, context }: { entry: CommentEntry; context: Context }) {
  const { comment } = entry;
  return (
    <>
      <Words shown={comment} context={context} />
      <Said shown={comment} context={context} />
      {context.isActive && <RowTools comment={comment} canReply={context.viewerId !== null} />}
      {entry.isLeftOut && <p className={styles.note}>{s.comment.leftOut}</p>}
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
      <Words shown={held} context={context} />
      <Said shown={held} context={context} />
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
          <Words shown={subject.post} context={context} />
          <PostState post={subject.post} />
        </>
      );
  }
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
      data-sought={context.isSought || undefined}
      tabIndex={-1}
    >
      <Body subject={subject} context={context} />
    </li>
  );
});
