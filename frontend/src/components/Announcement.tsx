import { useState } from "react";
import { useAnnouncement } from "../hooks/useAnnouncement";
import { useSession } from "../hooks/useRoom";
import { s } from "../strings";
import styles from "./Announcement.module.css";
import { CommentText, Name } from "./CommentParts";
import { Icon } from "./Icon";

const storedName = (slug: string) => `dismissed:${slug}`;

/** The announcement that this reader has dismissed, over a reload too where there is storage. */
function useDismissed(): [string | null, (id: string) => void] {
  const { slug } = useSession().boot;
  const [dismissed, setDismissed] = useState(() => {
    try {
      return window.localStorage.getItem(storedName(slug));
    } catch {
      return null;
    }
  });
  const dismiss = (id: string) => {
    setDismissed(id);
    try {
      window.localStorage.setItem(storedName(slug), id);
    } catch {
      // it holds for this visit only
    }
  };
  return [dismissed, dismiss];
}

/** What staff want everybody to know; a reader may dismiss it until the next. */
export function Announcement() {
  const announcement = useAnnouncement();
  const [dismissed, dismiss] = useDismissed();
  if (announcement === null || announcement.id === dismissed) return null;
  return (
    <div className={styles.announcement}>
      <Icon name="megaphone" size={16} />
      <p className={styles.words}>
        <Name user={announcement.by} />
        <CommentText text={announcement.text} mention={null} />
      </p>
      <button
        type="button"
        className={styles.dismiss}
        aria-label={s.announcement.dismiss}
        onClick={() => dismiss(announcement.id)}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
