import {
  type FocusEvent,
  type KeyboardEvent,
  type SyntheticEvent,
  useEffect,
  useRef,
  useState,
} from "react";
import { insertAtCaret, isOfInputMethod, replaceInField } from "../fieldText";
import { useEmojiPicker, useMentions } from "../hooks/useComposing";
import { useGate, useGateNews } from "../hooks/useGate";
import { useOutboxNews } from "../hooks/useOutboxNews";
import { useRoom, useSession } from "../hooks/useRoom";
import { useWait } from "../hooks/useWait";
import { selectDraft, selectFocusRequests, selectReplyTo } from "../store/selectors";
import { s } from "../strings";
import { charactersLeft, cleaned } from "../text";
import styles from "./Composer.module.css";
import { ComposerField } from "./ComposerField";
import { ComposerGate } from "./ComposerGate";
import { Counter, WaitHint } from "./ComposerHints";
import { Icon } from "./Icon";
import { ReplyChip } from "./ReplyChip";
import { SendButton } from "./SendButton";

function Form() {
  const { actions } = useSession();
  const text = cleaned(useRoom(selectDraft));
  const replyTo = useRoom(selectReplyTo);
  const focusRequests = useRoom(selectFocusRequests);
  const wait = useWait();
  const ref = useRef<HTMLTextAreaElement>(null);
  const [hasTyped, setHasTyped] = useState(false);
  const [isPicking, setIsPicking] = useState(false);
  const mentions = useMentions(hasTyped);
  const picker = useEmojiPicker(isPicking);
  const left = charactersLeft(text);
  const canSend = text !== "" && left >= 0;

  // What was asked for before this form came is over: it must not take the focus from elsewhere.
  const answered = useRef(focusRequests);
  useEffect(() => {
    if (focusRequests > answered.current) ref.current?.focus();
    answered.current = focusRequests;
  }, [focusRequests]);

  const closePicker = (isDone: boolean) => {
    setIsPicking(false);
    if (isDone) ref.current?.focus();
  };
  // One goes on after a draft that was kept. Not before: Safari puts the focus where it puts a caret.
  const onFocus = ({ currentTarget: field }: FocusEvent<HTMLTextAreaElement>) => {
    const isUntouched = !hasTyped && field.selectionEnd === 0;
    if (isUntouched) field.setSelectionRange(field.value.length, field.value.length);
    setHasTyped(true);
  };
  const insert = (emoji: string) => {
    const field = ref.current;
    if (field === null) return;
    if (hasTyped) insertAtCaret(field, emoji);
    else replaceInField(field, emoji, field.value.length, field.value.length);
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (canSend && wait.mayPass()) actions.submit();
    ref.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isOfInputMethod(event.nativeEvent)) return;
    if (event.key === "Enter" && !event.shiftKey) submit(event);
    if (event.key !== "Escape" || (replyTo === null && !isPicking)) return;
    event.preventDefault();
    if (isPicking) closePicker(true);
    else actions.cancelReply();
  };
  return (
    <form className={styles.composer} onSubmit={submit}>
      {replyTo && <ReplyChip replyTo={replyTo} />}
      {mentions && <mentions.Mentions field={ref} />}
      <div className={styles.field} data-over={left < 0}>
        <ComposerField ref={ref} isOver={left < 0} onKeyDown={onKeyDown} onFocus={onFocus} />
        <Counter left={left} />
        <button
          type="button"
          className={styles.emoji}
          aria-label={s.emoji.open}
          title={s.emoji.open}
          aria-haspopup="dialog"
          aria-expanded={isPicking}
          onClick={() => (isPicking ? closePicker(true) : setIsPicking(true))}
        >
          <Icon name="smile" size={20} />
        </button>
        <SendButton canSend={canSend} />
      </div>
      <WaitHint wait={wait} />
      {isPicking && picker && <picker.EmojiPicker onChoose={insert} onClose={closePicker} />}
    </form>
  );
}

/** Where one says something, or why one cannot. The draft is kept either way. */
export function Composer() {
  const gate = useGate();
  const gateNews = useGateNews(gate);
  const news = useOutboxNews();
  return (
    <>
      <span className="visually-hidden" role="status">
        {news}
      </span>
      <span className="visually-hidden" role="status">
        {gateNews}
      </span>
      {gate === null ? <Form /> : <ComposerGate gate={gate} />}
    </>
  );
}
