import { useNow } from "../hooks/useCountdown";
import { useRoom, useSession } from "../hooks/useRoom";
import { formatRemaining } from "../waits";
import type { Sanctioned } from "../store/moderation";
import { selectSanctioned, selectSkew } from "../store/selectors";
import styles from "./Sanctions.module.css";

function left({ kind, until }: Sanctioned, now: number): string {
  if (kind === "ban" || until === null) return "banned";
  return formatRemaining(Math.ceil((until - now) / 1_000));
}

/** Who may not speak here, the latest first. */
export function Sanctions() {
  const { actions } = useSession();
  const sanctioned = useRoom(selectSanctioned);
  const now = useNow() + useRoom(selectSkew);
  const list = [...sanctioned.values()]
    .filter(({ until }) => until === null || until > now)
    .reverse();
  return (
    <section className={styles.panel} aria-label="Sanctions">
      <h2 className={styles.heading}>
        Sanctions <span className={styles.count}>{list.length}</span>
      </h2>
      <ul className={styles.list}>
        {list.map((one) => {
          const name = one.name ?? `Person ${one.user}`;
          return (
            <li key={one.user}>
              <span className={styles.who}>
                <bdi>{name}</bdi>
                {one.reason && <span className={styles.reason}> {one.reason}</span>}
              </span>
              <span className={styles.left}>{left(one, now)}</span>
              <button
                type="button"
                aria-label={`Lift the sanction of ${name}`}
                onClick={() =>
                  actions.act(
                    { type: "lift_sanction", user: one.user },
                    { name: one.name, text: null },
                  )
                }
              >
                Lift
              </button>
            </li>
          );
        })}
      </ul>
      {list.length === 0 && <p className={styles.nothing}>Nobody is timed out or banned.</p>}
    </section>
  );
}
