import { type SyntheticEvent, useState } from "react";
import {
  type Announcement,
  COMMENT_COUNTER_FROM_GRAPHEMES,
  COMMENT_MAX_GRAPHEMES,
} from "live-comments-client";
import { useAnnouncement } from "../hooks/useAnnouncement";
import { useRoom, useSession } from "../hooks/useRoom";
import { formatClockTime } from "../format";
import { NOBODY } from "../moderating";
import { announcing } from "../staffStrings";
import type { Deed } from "../store/deeds";
import { selectDeeds, selectSkew } from "../store/selectors";
import { charactersLeft, cleaned, oneLine } from "../text";
import styles from "./AnnouncePanel.module.css";

/** What everybody is shown now, and the way to take it away. */
function Standing({ announcement }: { announcement: Announcement }) {
  const { actions } = useSession();
  const skew = useRoom(selectSkew);
  const { id, by, text, until } = announcement;
  const end = until == null ? [] : [announcing.until(formatClockTime(until - skew))];
  return (
    <div className={styles.standing}>
      <p dir="auto">{text}</p>
      <footer>
        <span>{[announcing.standing(by.name), ...end].join(", ")}</span>
        <button type="button" onClick={() => actions.act({ type: "end_announcement", id }, NOBODY)}>
          {announcing.end}
        </button>
      </footer>
    </div>
  );
}

/** The last announcement of one's own that went out, though it may have been taken back since. */
function useSent(): Deed | undefined {
  return useRoom(selectDeeds).findLast(
    ({ action, state, undoes }) =>
      action.type === "announce" && undoes === null && (state === "done" || state === "undone"),
  );
}

/** What was refused stays in it. */
function Form({ isReplacing }: { isReplacing: boolean }) {
  const { actions } = useSession();
  const [draft, setDraft] = useState("");
  const [length, setLength] = useState(0);
  const text = cleaned(draft);
  const left = charactersLeft(text);
  const isOver = left < 0;
  const canSend = text !== "" && !isOver;
  const sent = useSent();
  const [lastSent, setLastSent] = useState(sent?.ref);
  if (sent?.ref !== lastSent) {
    setLastSent(sent?.ref);
    // Emptied where it stands, as another form would have lost the focus; unless one writes the next.
    if (sent?.action.type === "announce" && sent.action.text === text) {
      setDraft("");
      setLength(0);
    }
  }
  const announce = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!canSend) return;
    const { seconds } = announcing.lengths[length] ?? announcing.lengths[0];
    actions.act({ type: "announce", text, seconds }, NOBODY);
  };
  return (
    <form className={styles.form} onSubmit={announce}>
      <input
        type="text"
        value={draft}
        dir="auto"
        autoComplete="off"
        placeholder={announcing.text}
        aria-label={announcing.text}
        aria-invalid={isOver}
        onChange={(event) => setDraft(oneLine(event.target.value))}
      />
      {left <= COMMENT_MAX_GRAPHEMES - COMMENT_COUNTER_FROM_GRAPHEMES && (
        <p className={styles.left} data-over={isOver}>
          {announcing.left(left)}
        </p>
      )}
      <div className={styles.row}>
        <select
          value={length}
          aria-label={announcing.length}
          onChange={(event) => setLength(Number(event.target.value))}
        >
          {announcing.lengths.map(({ label }, index) => (
            <option key={label} value={index}>
              {label}
            </option>
          ))}
        </select>
        {/* Not `disabled`: it may have the focus when the form is emptied. */}
        <button type="submit" aria-disabled={!canSend}>
          {isReplacing ? announcing.replace : announcing.announce}
        </button>
      </div>
    </form>
  );
}

/** Where staff tell the room something. */
export function AnnouncePanel() {
  const announcement = useAnnouncement();
  return (
    <section className={styles.panel} aria-label={announcing.title}>
      <h2 className={styles.heading}>{announcing.title}</h2>
      {announcement !== null && <Standing announcement={announcement} />}
      <Form isReplacing={announcement !== null} />
    </section>
  );
}
