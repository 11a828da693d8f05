import { useSession } from "../hooks/useRoom";
import { useAnnouncements } from "../hooks/useAnnouncements";
import { useSetting } from "../hooks/useSettings";
import { AnnounceChoice } from "./AnnounceChoice";
import { s } from "../strings";
import styles from "./Announcer.module.css";

/** Speaks the room to screen readers, no faster than one can listen; its switch shows on focus. */
export function Announcer() {
  const { store } = useSession();
  const words = useAnnouncements(store, useSetting("announce"));
  return (
    <div className={styles.announcer}>
      <label>
        {s.announce.label} <AnnounceChoice />
      </label>
      <div className="visually-hidden" aria-live="polite">
        {words}
      </div>
    </div>
  );
}
