import { useEffect, useRef } from "react";
import styles from "./Help.module.css";

const keys: readonly [string, string][] = [
  ["j  k", "next, previous row"],
  ["1  2  3  4", "go to feed, waiting, reported, flagged"],
  ["a", "approve what waits; let stand what is reported or flagged"],
  ["x", "refuse what waits"],
  ["h", "hide"],
  ["t", "time out; then 1 to 9 for how long"],
  ["b", "ban"],
  ["w", "warn"],
  ["c", "remove all comments of the person"],
  ["Shift  h  x  c", "hide, refuse, remove all, and say why"],
  ["p", "pin"],
  ["m", "menu of the row: whatever has no key is there"],
  ["u", "undo your last action"],
  ["f", "let the feed stand still, or go on"],
  ["/", "write a comment"],
  ["Esc", "leave the row; the feed goes on"],
];

/** What the keys do. */
export function Help({ onClose }: { onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => ref.current?.showModal(), []);
  return (
    <dialog ref={ref} className={styles.help} aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <dl>
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split("  ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
