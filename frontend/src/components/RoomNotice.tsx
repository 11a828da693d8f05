import { useRoom } from "../hooks/useRoom";
import { useRaid } from "../hooks/useRaid";
import { formatClockTime } from "../format";
import { RAID_SLOW_SECONDS, type Room } from "live-comments-client";
import { selectIsStaff, selectRoom } from "../store/selectors";
import { s } from "../strings";
import { formatWait } from "../waits";
import { Icon, type IconName } from "./Icon";
import styles from "./RoomNotice.module.css";

function linksNotice({ links }: Room): string | null {
  if (links === "listed") return s.room.listedLinks;
  return links === "block" ? s.room.noLinks : null;
}

/** What is unusual about the room right now, and its drawing; the weightiest gives the drawing. */
function noticeOf(
  room: Room,
  raidUntil: number | null,
  isStaff: boolean,
): [IconName, string] | null {
  if (room.status !== "live") return null; // the composer's place says so
  if (room.closed) return isStaff ? ["lock", s.room.closed] : null;
  const said: [IconName, string][] = [];
  if (room.panic) said.push(["shield", s.room.strict]);
  if (raidUntil !== null) {
    const staffWords = s.room.raidUntil(formatClockTime(raidUntil));
    said.push(["shield", isStaff ? staffWords : s.room.raid]);
  }
  if (room.review) said.push(["shield", s.room.review]);
  const slowest = raidUntil === null ? 0 : RAID_SLOW_SECONDS;
  const slowSeconds = Math.max(room.slow_seconds, slowest);
  if (slowSeconds > 0) {
    said.push(["clock", s.room.slow(formatWait(slowSeconds))]);
  }
  if (room.min_account_age_minutes > 0) {
    const age = formatWait(room.min_account_age_minutes * 60);
    said.push(["shield", s.room.accountAge(age)]);
  }
  if (room.standing_only && !room.review) {
    said.push(["shield", s.room.newcomersWait]);
  }
  const links = linksNotice(room);
  if (links !== null) said.push(["lock", links]);
  if (isStaff && room.delay > 0) said.push(["eye", s.room.delay(room.delay)]);
  const [first] = said;
  return first ? [first[0], said.map(([, words]) => words).join(" · ")] : null;
}

export function RoomNotice() {
  const notice = noticeOf(useRoom(selectRoom), useRaid(), useRoom(selectIsStaff));
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
