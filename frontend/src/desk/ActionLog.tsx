import { useState } from "react";
import { nameOf } from "../applyStaff";
import { DeedList } from "../components/DeedList";
import { useRoom, useSession } from "../hooks/useRoom";
import { formatClockTime, formatWallTime } from "../format";
import { loggedSentence } from "../staffStrings";
import { idTime } from "../store/ids";
import type { Logged } from "../store/moderation";
import { selectLog, selectYou } from "../store/selectors";
import styles from "./Sanctions.module.css";

/** Who did it. What ran out of time was nobody's deed. */
function useActor({ by, byName, action }: Logged): string | null {
  const { boot, store } = useSession();
  const you = useRoom(selectYou);
  if (by == null) return action === "hold.closed" ? null : "The rules";
  if (by === you?.id) return "You";
  return boot.staff?.[by] ?? byName ?? nameOf(store.getState(), by) ?? "A colleague";
}

function Line({ logged }: { logged: Logged }) {
  const { store } = useSession();
  const actor = useActor(logged);
  const { user, name, reason } = logged;
  const about = user == null ? null : (name ?? nameOf(store.getState(), user));
  const at = idTime(logged.id);
  return (
    <li>
      <time dateTime={new Date(at).toISOString()} title={formatWallTime(at)}>
        {formatClockTime(at)}
      </time>
      <span className={styles.who}>
        {actor !== null && <bdi>{actor}</bdi>} {loggedSentence(logged)}
        {user != null && (
          <>
            : <bdi>{about ?? `account no. ${user}`}</bdi>
          </>
        )}
        {reason && <span className={styles.reason}> {reason}</span>}
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
          {[...log].reverse().map((logged) => (
            <Line key={logged.id} logged={logged} />
          ))}
        </ul>
      )}
      {whose === "all" && log.length === 0 && (
        <p className={styles.nothing}>Nothing since you opened this page.</p>
      )}
    </section>
  );
}
