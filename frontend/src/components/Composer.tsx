import { type KeyboardEvent, type SyntheticEvent, useEffect, useRef } from "react";
import { useGate } from "../hooks/useGate";
import { useRoom, useSession } from "../hooks/useRoom";
import { COMMENT_COUNTER_FROM_GRAPHEMES, COMMENT_MAX_GRAPHEMES } from "../protocol.gen";
import { selectDraft, selectFocusRequests, selectReplyTo } from "../store/selectors";
import { cleaned, countGraphemes, isTooLong } from "../text";
import styles from "./Composer.module.css";
import { ComposerGate } from "./ComposerGate";
import { ReplyChip } from "./ReplyChip";
import { SendButton } from "./SendButton";

function Counter({ count }: { count: number }) {
  if (count < COMMENT_COUNTER_FROM_GRAPHEMES) return null;
  const left = COMMENT_MAX_GRAPHEMES - count;
  return (
    <span id="composer-counter" className={styles.counter} data-over={left < 0}>
      <span className="visually-hidden">Characters left: </span>
      {left}
    </span>
  );
}

/** Safari ends the composition before the key that ended it; only the old key code still tells. */
function isComposingInSafari(event: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing newer says this
  return event.keyCode === 229;
}

function Form() {
  const { actions } = useSession();
  const draft = useRoom(selectDraft);
  const replyTo = useRoom(selectReplyTo);
  const focusRequests = useRoom(selectFocusRequests);
  const ref = useRef<HTMLTextAreaElement>(null);
  const text = cleaned(draft);
  const count = countGraphemes(text);
  const isOver = isTooLong(text);
  const canSend = text !== "" && !isOver;

  useEffect(() => {
    if (focusRequests > 0) ref.current?.focus();
  }, [focusRequests]);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (canSend) actions.submit();
    ref.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // An Enter that chooses a word in an input method is not an Enter to send.
    const isComposing = event.nativeEvent.isComposing || isComposingInSafari(event);
    if (event.key === "Enter" && !event.shiftKey && !isComposing) submit(event);
    if (event.key === "Escape" && replyTo !== null) {
      event.preventDefault();
      actions.cancelReply();
    }
  };
  return (
    <form className={styles.composer} onSubmit={submit}>
      {replyTo && <ReplyChip comment={replyTo} />}
      <div className={styles.field} data-over={isOver}>
        <div className={styles.grow} data-text={draft}>
          <textarea
            ref={ref}
            rows={1}
            value={draft}
            dir="auto"
            enterKeyHint="send"
            autoComplete="off"
            placeholder="Say something…"
            aria-label="Your comment"
            aria-invalid={isOver}
            aria-describedby="composer-counter"
            onChange={(event) => actions.setDraft(event.target.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <Counter count={count} />
        <SendButton canSend={canSend} />
      </div>
    </form>
  );
}

/** Where one says something, or why one cannot. The draft is kept either way. */
export function Composer() {
  const gate = useGate();
  return gate === null ? <Form /> : <ComposerGate gate={gate} />;
}
