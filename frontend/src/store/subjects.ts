import type { ViewerState } from "./index";
import { type Subject, subjectOfComment, subjectOfHeld } from "./menu";

/** Keys of rows that are not entries of the room. */
export const holdKey = (hold: string) => `hold:${hold}`;
export const reportKey = (id: string) => `report:${id}`;
export const flagKey = (id: string) => `flag:${id}`;

/** What the row of a key is about; null where there is nothing to act on. */
export function subjectOfRow({ comments, moderation }: ViewerState, key: string): Subject | null {
  const [kind, id = ""] = key.split(":");
  if (kind === "hold") {
    const held = comments.held.find(({ hold }) => hold === id);
    return held ? subjectOfHeld(held) : null;
  }
  if (kind === "report") {
    const reported = moderation.reported.get(id);
    return reported ? subjectOfComment(reported.comment) : null;
  }
  if (kind === "flag") {
    const comment = moderation.flagged.get(id)?.comment;
    return comment ? subjectOfComment(comment) : null;
  }
  const entry = comments.entries.findLast((other) => other.key === key);
  return entry?.kind === "comment" ? subjectOfComment(entry.comment) : null;
}
