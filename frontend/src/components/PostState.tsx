import { useCountdown } from "../hooks/useCountdown";
import { useSession } from "../hooks/useRoom";
import type { OutgoingPost } from "../store/outbox";
import {
  heldSentence,
  refusalSentence,
  turnedDownSentence,
  unconfirmedSentence,
  waitOverSentence,
} from "../strings";
import { Icon } from "./Icon";
import styles from "./PostState.module.css";

function sentenceOf(post: OutgoingPost, waitSeconds: number): string {
  switch (post.state) {
    case "sending":
      return "Sending…";
    case "held":
      return heldSentence(post.rule);
    case "turned_down":
      return turnedDownSentence(post.outcome, post.reason);
    case "refused":
      if (post.retryAt !== null && waitSeconds === 0) return waitOverSentence;
      return refusalSentence(post.code, waitSeconds, post.message);
    case "unconfirmed":
      return unconfirmedSentence;
  }
}

/** What became of one's own comment so far, and what can be done about it. */
export function PostState({ post }: { post: OutgoingPost }) {
  const { actions } = useSession();
  const retryAt = post.state === "refused" ? post.retryAt : null;
  const waitSeconds = useCountdown(retryAt);
  const sentence = sentenceOf(post, waitSeconds);
  if (post.state === "sending") {
    return (
      <span className={styles.sending} title={sentence}>
        <Icon name="clock" size={14} />
        <span className="visually-hidden">{sentence}</span>
      </span>
    );
  }
  const isFailed = post.state !== "held";
  return (
    <div className={styles.state} role="status">
      <p>
        <strong>{isFailed ? "Not sent." : "Waiting for a moderator."}</strong> {sentence}
      </p>
      <div className={styles.actions}>
        {isFailed && (
          <>
            {post.state !== "turned_down" && (
              <button
                type="button"
                disabled={waitSeconds > 0}
                onClick={() => actions.retryPost(post.nonce)}
              >
                Retry
              </button>
            )}
            <button type="button" onClick={() => actions.editPost(post.nonce)}>
              Edit
            </button>
            <button type="button" onClick={() => actions.copyPost(post.nonce)}>
              Copy
            </button>
          </>
        )}
        <button
          type="button"
          title={isFailed ? undefined : "It goes on waiting; only this line goes"}
          onClick={() => actions.dismissPost(post.nonce)}
        >
          {isFailed ? "Dismiss" : "Put away"}
        </button>
      </div>
    </div>
  );
}
