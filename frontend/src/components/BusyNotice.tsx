import { useNow } from "../hooks/useCountdown";
import { useRoom } from "../hooks/useRoom";
import { selectPace } from "../store/selectors";
import { shownOneIn } from "../store/pace";
import { busySentence } from "../sentences";
import { s } from "../strings";
import { Icon } from "./Icon";
import styles from "./RoomNotice.module.css";

/** What share of the comments is shown while there are too many; spoken once, not each second. */
export function BusyNotice() {
  const oneIn = shownOneIn(useRoom(selectPace), useNow());
  return (
    <>
      <div className="visually-hidden" role="status">
        {oneIn !== null && s.room.busyAnnouncement}
      </div>
      {oneIn !== null && (
        <p className={styles.notice}>
          <Icon name="chat" size={15} />
          {busySentence(oneIn)}
        </p>
      )}
    </>
  );
}
