import { useState } from "react";
import { Icon } from "../components/Icon";
import { useRoom, useSession } from "../hooks/useRoom";
import { NOBODY } from "../moderating";
import { selectRoom } from "../store/selectors";
import styles from "./PanicSwitch.module.css";

/** A preset of strict modes, on and off as one; away from the rest, and never at the first click. */
export function PanicSwitch() {
  const { actions } = useSession();
  const { panic } = useRoom(selectRoom);
  const [isAsking, setIsAsking] = useState(false);
  const turn = (on: boolean) => {
    setIsAsking(false);
    actions.act({ type: "panic", on }, NOBODY);
  };
  if (panic) {
    return (
      <section className={styles.panic} data-on aria-label="Panic switch">
        <p>
          <strong>The panic switch is on.</strong> Ending it brings the modes back to what they
          were.
        </p>
        <button type="button" onClick={() => turn(false)}>
          End it
        </button>
      </section>
    );
  }
  return (
    <section className={styles.panic} aria-label="Panic switch">
      {isAsking ? (
        <>
          <p>
            Slow mode, no links from newcomers, newcomers wait, and viewers see comments a few
            seconds later: all at once. It ends as one.
          </p>
          <div className={styles.buttons}>
            <button type="button" autoFocus onClick={() => setIsAsking(false)}>
              Cancel
            </button>
            <button type="button" className={styles.grave} onClick={() => turn(true)}>
              Turn it on
            </button>
          </div>
        </>
      ) : (
        <button type="button" onClick={() => setIsAsking(true)}>
          <Icon name="panic" size={16} /> Panic switch…
        </button>
      )}
    </section>
  );
}
