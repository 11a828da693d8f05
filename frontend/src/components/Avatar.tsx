import { hueOf } from "../format";
import styles from "./Avatar.module.css";

const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;

function initialOf(name: string): string {
  if (segmenter === null) return name.slice(0, 1).toUpperCase();
  for (const { segment } of segmenter.segment(name)) return segment.toUpperCase();
  return "";
}

/** The first letter of a name on that person's colour. */
export function Avatar({ id, name }: { id: string; name: string }) {
  return (
    <span
      className={styles.avatar}
      style={{ "--hue": hueOf(id) } as React.CSSProperties}
      aria-hidden="true"
    >
      {initialOf(name)}
    </span>
  );
}
