import { useRoom } from "../hooks/useRoom";
import { useRaid } from "../hooks/useRaid";
import { formatClockTime, formatWait } from "../format";
import { RAID_SLOW_SECONDS, type Room } from "../protocol.gen";
import { selectIsStaff, selectRoom } from "../store/selectors";
import { Icon, type IconName } from "./Icon";
import styles from "./RoomNotice.module.css";

const links: Record<Room["links"], string | null> = {
  allow: null,
  hold: null,
  listed: "Links to listed sites only",
  block: "No links from newcomers",
};

/** What is unusual about the room right now, and its drawing; the weightiest gives the drawing. */
function noticeOf(
  room: Room,
  raidUntil: number | null,
  isStaff: boolean,
): [IconName, string] | null {
  if (room.status !== "live") return null; // the composer's place says so
  if (room.closed) return isStaff ? ["lock", "Closed: only moderators may comment"] : null;
  const said: [IconName, string][] = [];
  if (room.panic) said.push(["shield", "Strict mode: comments are checked closely for a while"]);
  if (raidUntil !== null) {
    const words = "Many newcomers at once: what they say is read first";
    said.push(["shield", isStaff ? `Raid mode until ${formatClockTime(raidUntil)}` : words]);
  }
  if (room.review) said.push(["shield", "Comments are shown after a moderator has read them"]);
  const slowest = raidUntil === null ? 0 : RAID_SLOW_SECONDS;
  const slowSeconds = Math.max(room.slow_seconds, slowest);
  if (slowSeconds > 0) {
    said.push(["clock", `Slow mode: one comment every ${formatWait(slowSeconds)}`]);
  }
  if (room.min_account_age_minutes > 0) {
    const age = formatWait(room.min_account_age_minutes * 60);
    said.push(["shield", `Accounts must be ${age} old to comment`]);
  }
  if (room.standing_only && !room.review) {
    said.push(["shield", "What newcomers say waits for a moderator"]);
  }
  const linksNotice = links[room.links];
  if (linksNotice) said.push(["lock", linksNotice]);
  if (isStaff && room.delay > 0) said.push(["eye", `Viewers see comments ${room.delay} s later`]);
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
