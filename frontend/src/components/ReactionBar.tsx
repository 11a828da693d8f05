import { useRoom, useSession } from "../hooks/useRoom";
import { useSanction } from "../hooks/useSanction";
import { formatCompact, formatCount } from "../format";
import { REACTION_KINDS } from "../store/reactions";
import { selectCanReact, selectReactions } from "../store/selectors";
import { s } from "../strings";
import styles from "./ReactionBar.module.css";
import { ReactionIcon } from "./ReactionIcon";

/** Six buttons with their counts. */
export function ReactionBar() {
  const { actions, boot } = useSession();
  const { totals, own } = useRoom(selectReactions);
  const isSanctioned = useSanction() !== null;
  const canReact = useRoom(selectCanReact) && !isSanctioned;
  const closed = isSanctioned ? s.reactions.closed : undefined;
  const hint = boot.user === null ? s.reactions.signIn : closed;
  return (
    <div
      className={styles.bar}
      role="group"
      aria-label={closed ? s.reactions.closedLabel : s.reactions.label}
      data-closed={isSanctioned}
    >
      {REACTION_KINDS.map((kind) => {
        const total = totals[kind] + (own[kind] ?? 0);
        return (
          <button
            key={kind}
            type="button"
            className={styles.button}
            disabled={boot.user === null}
            // While the connection is away: `disabled`, it would lose the focus.
            aria-disabled={!canReact}
            title={hint ?? s.reactions.names[kind]}
            aria-label={s.reactions.counted(s.reactions.names[kind], formatCount(total))}
            onClick={() => canReact && actions.react(kind)}
          >
            <ReactionIcon kind={kind} />
            <span className={styles.count}>{formatCompact(total)}</span>
          </button>
        );
      })}
    </div>
  );
}
