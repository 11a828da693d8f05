import { useRoom, useSession } from "../hooks/useRoom";
import { selectBlocked, selectMuted } from "../store/selectors";
import { s } from "../strings";
import styles from "./Silenced.module.css";

interface PeopleProps {
  label: string;
  people: ReadonlyMap<string, string>;
  undo: string;
  onUndo: (id: string) => void;
}

function People({ label, people, undo, onUndo }: PeopleProps) {
  if (people.size === 0) return null;
  return (
    <>
      <h4>{label}</h4>
      <ul>
        {[...people].map(([id, name]) => (
          <li key={id}>
            <bdi>{name}</bdi>
            <button type="button" onClick={() => onUndo(id)}>
              {undo}
              <span className="visually-hidden"> {name}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Whom this reader does not want to see, and the way back. */
export function Silenced() {
  const { actions } = useSession();
  const muted = useRoom(selectMuted);
  const blocked = useRoom(selectBlocked);
  return (
    <section className={styles.silenced} aria-labelledby="silenced-title">
      <h3 id="silenced-title">{s.settings.silenced}</h3>
      {muted.size + blocked.size === 0 && <p>{s.settings.nobodySilenced}</p>}
      <People
        label={s.settings.mutedHere}
        people={muted}
        undo={s.list.unmute}
        onUndo={(id) => actions.unmute(id)}
      />
      <People
        label={s.settings.blocked}
        people={blocked}
        undo={s.list.unblock}
        onUndo={(id) => actions.unblock(id)}
      />
    </section>
  );
}
