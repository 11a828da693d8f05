import { useState } from "react";
import { useSession } from "../hooks/useRoom";
import { aboutSubject } from "../moderating";
import { REASON_MAX_LENGTH, type ReportReason } from "../protocol.gen";
import { reportReasons } from "../staffStrings";
import type { Subject } from "../store/menu";
import styles from "./MenuForm.module.css";

/** What is wrong with a comment, in a viewer's words. */
export function ReportForm({ subject }: { subject: Subject }) {
  const { actions } = useSession();
  const [reason, setReason] = useState<ReportReason>("spam");
  const [note, setNote] = useState("");
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        actions.closeMenu();
        if (subject.id === null) return;
        const said = note.trim();
        actions.act(
          { type: "report_comment", id: subject.id, reason, ...(said ? { note: said } : {}) },
          aboutSubject(subject),
        );
      }}
    >
      <h3>Report this comment</h3>
      <p className={styles.quoted} dir="auto">
        <bdi>{subject.user.name}</bdi>: {subject.text}
      </p>
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">What is wrong with it</legend>
        {Object.entries(reportReasons).map(([value, label], index) => (
          <label key={value}>
            <input
              type="radio"
              name="reason"
              value={value}
              checked={reason === value}
              data-first={index === 0 || undefined}
              onChange={() => setReason(value as ReportReason)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <input
        className={styles.text}
        type="text"
        value={note}
        maxLength={REASON_MAX_LENGTH}
        placeholder="Anything to add?"
        aria-label="Anything to add?"
        onChange={(event) => setNote(event.target.value)}
      />
      <div className={styles.buttons}>
        <button type="button" onClick={() => actions.closeMenu()}>
          Cancel
        </button>
        <button type="submit" className={styles.main}>
          Report
        </button>
      </div>
    </form>
  );
}
