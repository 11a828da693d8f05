import type { KeyboardEvent } from "react";
import styles from "./EmojiPicker.module.css";

export interface EmojiTab {
  label: string;
  sign: string;
}

interface EmojiTabsProps {
  tabs: readonly EmojiTab[];
  /** -1 while a search shows others. */
  chosen: number;
  onChoose: (index: number) => void;
}

/** The categories, as one row of tabs: one tab stop, arrow keys within. */
export function EmojiTabs({ tabs, chosen, onChoose }: EmojiTabsProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const isRtl = document.documentElement.dir === "rtl";
    const steps: Record<string, number> = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (Math.max(chosen, 0) + step + tabs.length) % tabs.length;
    event.currentTarget.querySelectorAll("button")[next]?.focus();
    onChoose(next);
  };
  return (
    <div className={styles.tabs} role="tablist" onKeyDown={onKeyDown}>
      {tabs.map(({ label, sign }, index) => (
        <button
          key={label}
          type="button"
          role="tab"
          className={styles.tab}
          aria-selected={index === chosen}
          aria-label={label}
          title={label}
          tabIndex={index === Math.max(chosen, 0) ? 0 : -1}
          onClick={() => onChoose(index)}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}
