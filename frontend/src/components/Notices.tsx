import { useState } from "react";
import { useRoom, useSession } from "../hooks/useRoom";
import type { Notice } from "../store/notices";
import { selectNotices } from "../store/selectors";
import { noticeSentence } from "../sentences";
import { s } from "../strings";
import { excerpt } from "../text";
import { Icon } from "./Icon";
import styles from "./Notices.module.css";

/** Long enough to know which comment it was. */
const QUOTE_GRAPHEMES = 60;

function NoticeLine({ notice }: { notice: Notice }) {
  const { actions, boot } = useSession();
  const { item, words } = notice;
  const isGood = item.type === "you.appealed" && item.outcome === "granted";
  return (
    <div className={styles.notice} data-good={isGood}>
      <Icon name={isGood ? "check" : "warn"} size={16} />
      <p className={styles.words}>
        <strong>{noticeSentence(notice)}</strong>
        {words !== null && <q dir="auto">{excerpt(words, QUOTE_GRAPHEMES)}</q>}
        {item.reason && <span dir="auto">{item.reason}</span>}
        {item.type === "you.hidden" && boot.appeals_url && (
          <a href={boot.appeals_url} target="_blank">
            {s.notices.appeal}
          </a>
        )}
      </p>
      <button
        type="button"
        aria-label={s.notices.dismiss}
        onClick={() => actions.dismissNotice(notice.id)}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

/** What moderators told this reader, until it is put away: the latest, and the others on demand. */
export function Notices() {
  const notices = useRoom(selectNotices);
  const [isOpen, setIsOpen] = useState(false);
  const earlier = notices.length - 1;
  return (
    <div role="alert">
      {earlier > 0 && (
        <button
          type="button"
          className={styles.earlier}
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? s.notices.latestOnly : s.notices.earlier(earlier)}
        </button>
      )}
      <div className={styles.notices}>
        {(isOpen ? notices : notices.slice(-1)).map((notice) => (
          <NoticeLine key={notice.id} notice={notice} />
        ))}
      </div>
    </div>
  );
}
