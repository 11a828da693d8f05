import { useMediaQuery, REDUCED_MOTION } from "../hooks/useMediaQuery";
import { useRoom, useSession } from "../hooks/useRoom";
import { selectFloats } from "../store/selectors";
import { ReactionIcon } from "./ReactionIcon";
import styles from "./ReactionLayer.module.css";

/** Reactions rising over the video. The counts say the same, so it is hidden from readers. */
export function ReactionLayer() {
  const floats = useRoom(selectFloats);
  const { actions } = useSession();
  const isStill = useMediaQuery(REDUCED_MOTION);
  if (isStill) return null;
  return (
    <div className={styles.layer} aria-hidden="true">
      {floats.map(({ id, kind, lane, delayMs }) => (
        <span
          key={id}
          className={styles.float}
          style={{ "--lane": lane, "--delay": `${delayMs}ms` } as React.CSSProperties}
          onAnimationEnd={() => actions.floatEnded(id)}
        >
          <ReactionIcon kind={kind} size={30} />
        </span>
      ))}
    </div>
  );
}
