import { useState } from "react";
import { useRoom, useSession } from "../hooks/useRoom";
import { selectHeld } from "../store/selectors";
import { CommentText, Name } from "./CommentParts";
import { DeedList } from "./DeedList";
import { HeldDecision } from "./HeldDecision";
import { Icon } from "./Icon";
import styles from "./StaffBar.module.css";

function Waiting() {
  const held = useRoom(selectHeld);
  if (held.length === 0) return <p className={styles.none}>Nothing waits for a decision.</p>;
  return (
    <ol className={styles.list} aria-label="Comments that wait">
      {held.map((one) => (
        <li key={one.hold}>
          <p className={styles.words}>
            <Name user={one.user} />
            <CommentText text={one.text} mention={null} />
          </p>
          <HeldDecision held={one} />
        </li>
      ))}
    </ol>
  );
}

/** For moderators: what waits for a decision, what one did, and the way to the desk. */
export function StaffBar() {
  const { boot } = useSession();
  const held = useRoom(selectHeld);
  const [open, setOpen] = useState<"waiting" | "deeds" | null>(null);
  const toggle = (panel: "waiting" | "deeds") => setOpen(open === panel ? null : panel);
  return (
    <section className={styles.staff} aria-label="Moderation">
      <div className={styles.bar}>
        <button
          type="button"
          aria-expanded={open === "waiting"}
          data-waiting={held.length > 0}
          onClick={() => toggle("waiting")}
        >
          <Icon name="shield" size={15} />
          Waiting <span className={styles.count}>{held.length}</span>
        </button>
        <button type="button" aria-expanded={open === "deeds"} onClick={() => toggle("deeds")}>
          <Icon name="list" size={15} />
          My actions
        </button>
        {boot.desk_url && (
          <a href={boot.desk_url} target="_blank">
            <Icon name="desk" size={15} />
            Desk
          </a>
        )}
      </div>
      {open === "waiting" && <Waiting />}
      {open === "deeds" && <DeedList />}
    </section>
  );
}
