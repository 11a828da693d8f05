import { COMMENT_MAX_CODEPOINTS } from "live-comments-client";
import {
  type ChangeEvent,
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useLayoutEffect,
  useRef,
} from "react";
import { useRoom, useSession } from "../hooks/useRoom";
import { useSlow } from "../hooks/useSlow";
import { selectDraft } from "../store/selectors";
import { s } from "../strings";
import { oneLine } from "../text";
import { formatWait } from "../waits";
import styles from "./Composer.module.css";
import { COUNTER_ID } from "./ComposerHints";

/** Far more than can be sent, so that too much can be cut down; far less than slows each key. */
const PASTED_MAX_LENGTH = 10 * COMMENT_MAX_CODEPOINTS;

interface ComposerFieldProps {
  ref: RefObject<HTMLTextAreaElement | null>;
  isOver: boolean;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: (event: FocusEvent<HTMLTextAreaElement>) => void;
}

/** The text, as high as it needs. */
export function ComposerField({ ref, isOver, onKeyDown, onFocus }: ComposerFieldProps) {
  const { actions } = useSession();
  const draft = useRoom(selectDraft);
  const slowSeconds = useSlow();
  const caret = useRef<number | null>(null);

  useLayoutEffect(() => {
    if (caret.current !== null) ref.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [ref, draft]);

  const onChange = ({ target: { value, selectionStart } }: ChangeEvent<HTMLTextAreaElement>) => {
    // A text that is made one line is set anew, and the caret would go to its end.
    if (oneLine(value) !== value) caret.current = oneLine(value.slice(0, selectionStart)).length;
    actions.setDraft(value);
  };
  return (
    <div className={styles.grow} data-text={draft}>
      <textarea
        ref={ref}
        rows={1}
        maxLength={PASTED_MAX_LENGTH}
        value={draft}
        // What is written has its own direction; what asks for it has the page's.
        dir={draft === "" ? undefined : "auto"}
        enterKeyHint="send"
        autoComplete="off"
        autoCapitalize="sentences"
        autoCorrect="off"
        placeholder={
          slowSeconds > 0
            ? s.composer.placeholderSlow(formatWait(slowSeconds))
            : s.composer.placeholder
        }
        aria-label={s.composer.label}
        aria-invalid={isOver}
        aria-describedby={COUNTER_ID}
        onChange={onChange}
        onKeyDown={onKeyDown}
        onFocus={onFocus}
      />
    </div>
  );
}
