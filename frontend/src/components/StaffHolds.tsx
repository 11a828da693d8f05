import { useRoom } from "../hooks/useRoom";
import { pluralise } from "../format";
import { selectHeld, selectIsStaff } from "../store/selectors";
import { CommentText, Name } from "./CommentParts";
import { Icon } from "./Icon";
import styles from "./StaffHolds.module.css";

/** For moderators: what waits for a decision. The decision is taken at the moderators' desk. */
export function StaffHolds() {
  const held = useRoom(selectHeld);
  const isStaff = useRoom(selectIsStaff);
  if (!isStaff || held.length === 0) return null;
  return (
    <details className={styles.holds}>
      <summary>
        <Icon name="shield" size={16} />
        {pluralise(held.length, "comment waits", "comments wait")} for review
      </summary>
      <ol className={styles.list}>
        {held.map(({ hold, user, text }) => (
          <li key={hold}>
            <Name user={user} />
            <CommentText text={text} mention={null} />
          </li>
        ))}
      </ol>
    </details>
  );
}
