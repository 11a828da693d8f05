import { useState } from "react";
import { nameOf } from "../applyStaff";
import { DeedList } from "../components/DeedList";
import { useRoom, useSession } from "../hooks/useRoom";
import type { Acted } from "../protocol.gen";
import { loggedSentence } from "../staffStrings";
import { selectLog, selectYou } from "../store/selectors";
import styles from "./Sanctions.module.css";

function Line({ acted }: { acted: Acted }) {
  const { store } = useSession();
  const you = useRoom(selectYou);
  const state = store.getState();
  const by =
    acted.by == null
      ? "The rules"
      : acted.by === you?.id
        ? "You"
        : (nameOf(state, acted.by) ?? "A colleague");
  const user = acted.user == null ? null : (nameOf(state, acted.user) ?? `person ${acted.user}`);
  return (
    <li>
      <span className={styles.who}>
        <bdi>{by}</bdi> {loggedSentence(acted.action)}
        {user !== null && (
          <>
            : <bdi>{user}</bdi>
          </>
        )}
        {acted.reason && <span className={styles.reason}> {acted.reason}</span>}
      </span>
    </li>
  );
}

/** What was done here: one's own, to be undone, or everybody's. */
export function ActionLog() {
  const [whose, setWhose] = useState<"mine" | "all">("mine");
  const log = useRoom(selectLog);
  return (
    <section className={styles.panel} aria-label="Actions">
      <h2 className={styles.heading}>
        Actions
        <span className={styles.choice} role="group" aria-label="Whose actions">
          <button type="button" aria-pressed={whose === "mine"} onClick={() => setWhose("mine")}>
            Mine
          </button>
          <button type="button" aria-pressed={whose === "all"} onClick={() => setWhose("all")}>
            Everybody’s
          </button>
        </span>
      </h2>
      {whose === "mine" ? (
        <DeedList />
      ) : (
        <ul className={styles.list} aria-label="Everybody’s actions">
          {[...log].reverse().map((acted) => (
            <Line key={acted.id} acted={acted} />
          ))}
        </ul>
      )}
      {whose === "all" && log.length === 0 && (
        <p className={styles.nothing}>Nothing since you came.</p>
      )}
    </section>
  );
}
