import { useState } from "react";
import { useSession } from "../hooks/useRoom";
import { aboutSubject } from "../moderating";
import { REASON_MAX_LENGTH, type ReportReason } from "live-comments-client";
import type { Subject } from "../store/menu";
import { s } from "../strings";
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
      <h3>{s.report.title}</h3>
      <p className={styles.quoted}>
        <bdi>{subject.user.name}</bdi>: <bdi>{subject.text}</bdi>
      </p>
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">{s.report.choose}</legend>
        {Object.entries(s.report.reasons).map(([value, label], index) => (
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
        dir={note === "" ? undefined : "auto"}
        placeholder={s.report.note}
        aria-label={s.report.note}
        onChange={(event) => setNote(event.target.value)}
      />
      <div className={styles.buttons}>
        <button type="button" onClick={() => actions.closeMenu()}>
          {s.report.cancel}
        </button>
        <button type="submit" className={styles.main}>
          {s.report.send}
        </button>
      </div>
    </form>
  );
}
