import { type ReactNode, useRef } from "react";
import { CommentText, Name, ReplyQuote } from "../components/CommentParts";
import { HeldDecision } from "../components/HeldDecision";
import { useRowKeys } from "../hooks/useRowKeys";
import { useRoom } from "../hooks/useRoom";
import type { Comment, Held } from "live-comments-client";
import { selectFlagged, selectHeld, selectReported } from "../store/selectors";
import { flagKey, holdKey, reportKey } from "../store/subjects";
import { reportedSentence, ruleSentence } from "../staffStrings";
import { Icon, type IconName } from "../components/Icon";
import { Decision } from "./Decision";
import styles from "./Queue.module.css";
import { useKeptFocus } from "./useKeptFocus";

interface PartProps {
  name: string;
  title: string;
  count: number;
  nothing: string;
  children: ReactNode;
}

function Part({ name, title, count, nothing, children }: PartProps) {
  const ref = useRef<HTMLOListElement>(null);
  useRowKeys(ref);
  useKeptFocus(ref);
  return (
    <section className={styles.part} aria-label={title}>
      <h2 className={styles.heading}>
        {title} <span className={styles.count}>{count}</span>
      </h2>
      <ol ref={ref} className={styles.list} data-list={name}>
        {children}
      </ol>
      {count === 0 && <p className={styles.nothing}>{nothing}</p>}
    </section>
  );
}

function Words({ said }: { said: Comment | Held }) {
  return (
    <>
      {said.reply && <ReplyQuote quote={said.reply} isSilenced={false} isReached />}
      <p className={styles.words}>
        <Name user={said.user} />
        <CommentText text={said.text} mention={null} />
      </p>
    </>
  );
}

function Why({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <p className={styles.why}>
      <Icon name={icon} size={13} />
      {children}
    </p>
  );
}

/** What waits for somebody's decision: held, reported, flagged; the oldest first. */
export function Queue() {
  const held = useRoom(selectHeld);
  const reported = [...useRoom(selectReported).values()];
  const flagged = [...useRoom(selectFlagged).values()].flatMap((flag) =>
    flag.comment === null ? [] : [{ ...flag, comment: flag.comment }],
  );
  return (
    <>
      <Part name="waiting" title="Waiting" count={held.length} nothing="Nothing waits.">
        {held.map((one) => (
          <li key={one.hold} className={styles.row} data-row={holdKey(one.hold)} tabIndex={-1}>
            <Words said={one} />
            <HeldDecision held={one} />
          </li>
        ))}
      </Part>
      <Part name="reported" title="Reported" count={reported.length} nothing="No reports.">
        {reported.map(({ comment, reasons, reports }) => (
          <li
            key={comment.id}
            className={styles.row}
            data-row={reportKey(comment.id)}
            tabIndex={-1}
          >
            <Words said={comment} />
            <Why icon="bell">{reportedSentence({ reports, reasons })}</Why>
            <Decision comment={comment} isReported />
          </li>
        ))}
      </Part>
      <Part name="flagged" title="Flagged" count={flagged.length} nothing="Nothing is flagged.">
        {flagged.map(({ id, reason, detail, comment }) => (
          <li key={id} className={styles.row} data-row={flagKey(id)} tabIndex={-1}>
            <Words said={comment} />
            <Why icon="flag">{ruleSentence(reason, detail)}</Why>
            <Decision comment={comment} isReported={false} />
          </li>
        ))}
      </Part>
    </>
  );
}
