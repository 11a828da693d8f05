import { COMMENT_COUNTER_FROM_GRAPHEMES, COMMENT_MAX_GRAPHEMES } from "live-comments-client";
import type { Wait } from "../hooks/useWait";
import { s } from "../strings";
import { formatWait } from "../waits";
import styles from "./Composer.module.css";
import { Icon } from "./Icon";

export const COUNTER_ID = "composer-counter";

/** What is left is said aloud at these, and not at each letter. */
const SPOKEN_AT = [0, 10, 20];
const SHOWN_FROM = COMMENT_MAX_GRAPHEMES - COMMENT_COUNTER_FROM_GRAPHEMES;

function spoken(left: number): string {
  if (left < 0) return s.composer.tooLong;
  const bound = SPOKEN_AT.find((count) => left <= count);
  return bound === undefined ? "" : s.composer.leftAtMost(bound);
}

/** How much more may be said, once that is not much. */
export function Counter({ left }: { left: number }) {
  return (
    <>
      {left <= SHOWN_FROM && (
        <span id={COUNTER_ID} className={styles.counter} data-over={left < 0}>
          <span className="visually-hidden">{s.composer.charactersLeft} </span>
          <bdi dir="ltr">{left}</bdi>
        </span>
      )}
      <span className="visually-hidden" role="status">
        {spoken(left)}
      </span>
    </>
  );
}

/** For whoever tried too early: it is kept, and when it can be sent. */
export function WaitHint({ wait: { asked, secondsLeft } }: { wait: Wait }) {
  const isWaiting = asked !== null && secondsLeft > 0;
  return (
    <>
      {isWaiting && (
        <p className={styles.hint} aria-hidden="true">
          <Icon name="clock" size={14} />
          {s.composer.kept(formatWait(secondsLeft))}
        </p>
      )}
      <span className="visually-hidden" role="status">
        {asked && (isWaiting ? s.composer.kept(formatWait(asked.seconds)) : s.composer.sendNow)}
      </span>
    </>
  );
}
