import { useEffect, useState } from "react";
import { useSession } from "../hooks/useRoom";
import { type AnnouncerMode, useAnnouncements } from "../hooks/useAnnouncements";
import styles from "./Announcer.module.css";

const modes: Record<AnnouncerMode, string> = {
  all: "New comments",
  mentions: "Mentions and pinned only",
  off: "Nothing",
};

const STORED = "announce";

function storedMode(): AnnouncerMode {
  try {
    const stored = window.localStorage.getItem(STORED);
    return stored !== null && stored in modes ? (stored as AnnouncerMode) : "all";
  } catch {
    return "all";
  }
}

/** Speaks the room to screen readers, no faster than one can listen; its switch shows on focus. */
export function Announcer() {
  const { store } = useSession();
  const [mode, setMode] = useState(storedMode);
  const words = useAnnouncements(store, mode);
  useEffect(() => {
    try {
      window.localStorage.setItem(STORED, mode);
    } catch {
      // it holds for this visit only
    }
  }, [mode]);
  return (
    <div className={styles.announcer}>
      <label>
        Announce{" "}
        <select value={mode} onChange={(event) => setMode(event.target.value as AnnouncerMode)}>
          {Object.entries(modes).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <div className="visually-hidden" aria-live="polite">
        {words}
      </div>
    </div>
  );
}
