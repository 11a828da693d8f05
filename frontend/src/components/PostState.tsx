import { type MouseEvent, useEffect, useState } from "react";
import { useCountdown } from "../hooks/useCountdown";
import { useRoom, useSession } from "../hooks/useRoom";
import { canRetry, isFailed, postSentence, postTitle } from "../postSentences";
import { knownUntil, type OutgoingPost } from "../store/outbox";
import { selectIsLinked, selectRetryAt } from "../store/selectors";
import { s } from "../strings";
import { Icon } from "./Icon";
import styles from "./PostState.module.css";

const COPIED_SHOWN_MS = 2_000;

function Sending() {
  const isLinked = useRoom(selectIsLinked);
  const words = isLinked ? s.post.sending : s.post.sendingLater;
  return (
    <span className={styles.sending} title={words}>
      <Icon name="clock" size={14} />
      {/* Links often come back at once: only a wait that lasts is told. */}
      <span className={isLinked ? "visually-hidden" : styles.later}>{words}</span>
    </span>
  );
}

function CopyButton({ nonce }: { nonce: string }) {
  const { actions } = useSession();
  const [outcome, setOutcome] = useState<"copied" | "notCopied" | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = window.setTimeout(() => setOutcome(null), COPIED_SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await actions.copyPost(nonce)) ? "copied" : "notCopied");
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {s.post[outcome ?? "copy"]}
      </button>
      <span className="visually-hidden" role="status">
        {outcome && s.post[outcome]}
      </span>
    </>
  );
}

/** The button goes with what it did; whoever pressed it by key stays in the row. */
function stayInRow({ currentTarget }: MouseEvent<HTMLElement>): void {
  if (!currentTarget.matches(":focus-visible")) return;
  currentTarget.closest<HTMLElement>("[data-row]")?.focus({ preventScroll: true });
}

/** What became of one's own comment so far, and what can be done about it. */
export function PostState({ post }: { post: OutgoingPost }) {
  const { actions } = useSession();
  const retryAt = useRoom((state) => selectRetryAt(state, post));
  const waitSeconds = useCountdown(retryAt);
  const isKnown = useCountdown(post.state === "unconfirmed" ? knownUntil(post) : null) > 0;
  if (post.state === "sending") return <Sending />;
  const failed = isFailed(post);
  return (
    <div className={styles.state}>
      <p>
        <strong>{postTitle(post)}</strong> {postSentence(post, waitSeconds, retryAt !== null)}
      </p>
      <div className={styles.actions}>
        {canRetry(post, isKnown) && (
          <button
            type="button"
            disabled={waitSeconds > 0}
            onClick={(event) => {
              stayInRow(event);
              actions.retryPost(post.nonce);
            }}
          >
            {s.post.retry}
          </button>
        )}
        {failed && (
          <>
            <button type="button" onClick={() => actions.editPost(post.nonce)}>
              {s.post.edit}
            </button>
            <CopyButton nonce={post.nonce} />
          </>
        )}
        <button
          type="button"
          title={failed ? undefined : s.post.putAwayTitle}
          onClick={() => actions.dismissPost(post.nonce)}
        >
          {failed ? s.post.dismiss : s.post.putAway}
        </button>
      </div>
    </div>
  );
}
