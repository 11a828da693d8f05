import { type KeyboardEvent, useEffect, useEffectEvent, useRef } from "react";
import { isOfInputMethod } from "../fieldText";
import { useEmojiSet } from "../hooks/useEmojiSet";
import { s } from "../strings";
import { EmojiChoice } from "./EmojiChoice";
import styles from "./EmojiPicker.module.css";

interface EmojiPickerProps {
  onChoose: (emoji: string) => void;
  /** `isDone`: by key, so the focus goes back to where one types. */
  onClose: (isDone: boolean) => void;
}

/** Finds an emoji, by category or by name, and puts it where one types; stays open for more. */
export function EmojiPicker({ onChoose, onClose }: EmojiPickerProps) {
  const { set, failed, again } = useEmojiSet();
  const ref = useRef<HTMLDivElement>(null);

  const onPointer = useEffectEvent(({ target }: Event) => {
    const form = ref.current?.closest("form");
    if (target instanceof Node && !form?.contains(target)) onClose(false);
  });
  useEffect(() => {
    const listen = (event: Event) => onPointer(event);
    document.addEventListener("pointerdown", listen);
    return () => document.removeEventListener("pointerdown", listen);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation(); // no key in here is meant for the page
    if (isOfInputMethod(event.nativeEvent) || event.key !== "Escape") return;
    event.preventDefault();
    onClose(true);
  };
  return (
    <div
      ref={ref}
      className={styles.picker}
      role="dialog"
      aria-label={s.emoji.label}
      onKeyDown={onKeyDown}
    >
      {set && <EmojiChoice set={set} onChoose={onChoose} />}
      {set === null && (
        <p className={styles.none} role="status">
          {failed ? s.emoji.failed : s.emoji.loading}{" "}
          {failed && (
            <button type="button" className={styles.again} onClick={again}>
              {s.emoji.again}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
