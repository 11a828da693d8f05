import { formatOffset } from "../format";
import { useNow } from "../hooks/useCountdown";
import { useRoom, useSession } from "../hooks/useRoom";
import { aboutSubject } from "../moderating";
import type { Held } from "live-comments-client";
import { ruleSentence } from "../staffStrings";
import { subjectOfHeld } from "../store/menu";
import { selectSkew } from "../store/selectors";
import styles from "./HeldDecision.module.css";
import { Icon } from "./Icon";
import { MoreButton } from "./MoreButton";

/** For how long it has waited: nobody comes to it for ever. */
function Waited({ since }: { since: number }) {
  const now = useNow() + useRoom(selectSkew);
  return <span className={styles.since}>{formatOffset((now - since) / 1_000)}</span>;
}

/** Why a comment waits, and what can be decided about it. */
export function HeldDecision({ held }: { held: Held }) {
  const { actions } = useSession();
  const subject = subjectOfHeld(held);
  const about = aboutSubject(subject);
  const { hold, user } = held;
  return (
    <div className={styles.decision}>
      <span className={styles.why}>
        <Icon name="shield" size={13} />
        <span>
          Waits <Waited since={held.at} />: {ruleSentence(held.reason, held.detail)}
        </span>
      </span>
      <span className={styles.buttons}>
        <button
          type="button"
          title="Approve (a)"
          aria-label={`Approve the comment by ${user.name}`}
          onClick={() => actions.act({ type: "approve_held", hold }, about)}
        >
          <Icon name="check" size={15} /> Approve
        </button>
        <button
          type="button"
          title="Refuse (x)"
          aria-label={`Refuse the comment by ${user.name}`}
          onClick={() => actions.act({ type: "refuse_held", hold }, about)}
        >
          <Icon name="close" size={15} /> Refuse
        </button>
        <MoreButton subject={subject} />
      </span>
    </div>
  );
}
