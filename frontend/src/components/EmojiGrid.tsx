import { type KeyboardEvent, useRef, useState } from "react";
import { type Emoji, toned } from "../emoji/emoji";
import styles from "./EmojiPicker.module.css";

export const COLUMNS = 8;

interface EmojiGridProps {
  emoji: readonly Emoji[];
  tone: string;
  label: string;
  language: string;
  onChoose: (emoji: Emoji) => void;
  /** Upwards from the first row, or a letter: to where one searches. */
  onLeave: () => void;
}

/** Where a key leads from a cell; null for keys that lead nowhere. */
function cellAfter(key: string, from: number, last: number, isRtl: boolean): number | null {
  const rowStart = from - (from % COLUMNS);
  switch (key) {
    case "ArrowRight":
      return Math.min(Math.max(from + (isRtl ? -1 : 1), 0), last);
    case "ArrowLeft":
      return Math.min(Math.max(from + (isRtl ? 1 : -1), 0), last);
    case "ArrowDown":
      return Math.min(from + COLUMNS, last);
    case "ArrowUp":
      return from - COLUMNS;
    case "Home":
      return rowStart;
    case "End":
      return Math.min(rowStart + COLUMNS - 1, last);
    default:
      return null;
  }
}

function rowsOf(emoji: readonly Emoji[]): (readonly Emoji[])[] {
  const count = Math.ceil(emoji.length / COLUMNS);
  return Array.from({ length: count }, (_, row) => emoji.slice(row * COLUMNS, (row + 1) * COLUMNS));
}

/** Emoji in rows; one tab stop, arrow keys within. */
export function EmojiGrid(props: EmojiGridProps) {
  const { emoji, tone, label, language, onChoose, onLeave } = props;
  const [active, setActive] = useState(0);
  const ref = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length === 1 && event.key !== " ") {
      onLeave(); // in time for the letter to be typed there
      return;
    }
    const isRtl = document.documentElement.dir === "rtl";
    const cell = cellAfter(event.key, active, emoji.length - 1, isRtl);
    if (cell === null) return;
    event.preventDefault();
    if (cell < 0) onLeave();
    else ref.current?.querySelectorAll("button")[cell]?.focus();
  };
  return (
    <div
      ref={ref}
      className={styles.grid}
      role="grid"
      aria-label={label}
      lang={language}
      onKeyDown={onKeyDown}
    >
      {rowsOf(emoji).map((row, rowIndex) => (
        <div key={rowIndex} className={styles.row} role="row">
          {row.map((one, column) => {
            const cell = rowIndex * COLUMNS + column;
            return (
              <button
                key={one.emoji}
                type="button"
                role="gridcell"
                className={styles.cell}
                tabIndex={cell === active ? 0 : -1}
                aria-label={one.label}
                title={one.label}
                onFocus={() => setActive(cell)}
                onClick={() => onChoose(one)}
              >
                {toned(one, tone)}
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
}
