import { useRoom } from "../hooks/useRoom";
import { formatWait } from "../format";
import type { Room } from "../protocol.gen";
import { selectIsStaff, selectRoom } from "../store/selectors";
import { Icon, type IconName } from "./Icon";
import styles from "./RoomNotice.module.css";

/** What is unusual about the room right now; the weightiest only. */
function noticeOf(room: Room, isStaff: boolean): [IconName, string] | null {
  if (room.status !== "live") return null; // the composer's place says so
  if (room.closed) return isStaff ? ["lock", "Closed: only moderators may comment"] : null;
  if (room.review) return ["shield", "Comments are shown after a moderator has read them"];
  if (room.slow_seconds > 0) {
    return ["clock", `Slow mode: one comment every ${formatWait(room.slow_seconds)}`];
  }
  if (room.min_account_age_minutes > 0) {
    const age = formatWait(room.min_account_age_minutes * 60);
    return ["shield", `Accounts must be ${age} old to comment`];
  }
  return null;
}

export function RoomNotice() {
  const notice = noticeOf(useRoom(selectRoom), useRoom(selectIsStaff));
  return (
    <div role="status">
      {notice && (
        <p className={styles.notice}>
          <Icon name={notice[0]} size={15} />
          {notice[1]}
        </p>
      )}
    </div>
  );
}
