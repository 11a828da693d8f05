import { WIDE, useMediaQuery } from "../hooks/useMediaQuery";
import { useShortcuts } from "../hooks/useShortcuts";
import { Announcer } from "./Announcer";
import styles from "./Chat.module.css";
import { BusyNotice } from "./BusyNotice";
import { CommentList } from "./CommentList";
import { Composer } from "./Composer";
import { ConnectionState } from "./ConnectionState";
import { PinnedComment } from "./PinnedComment";
import { ReactionBar } from "./ReactionBar";
import { RoomNotice } from "./RoomNotice";
import { StaffHolds } from "./StaffHolds";

/** The column of comments, with what is pinned above and the composer below. */
export function Chat() {
  const isWide = useMediaQuery(WIDE);
  useShortcuts();
  return (
    <section className={styles.chat} aria-label="Live comments">
      <h2 className={styles.heading}>Live comments</h2>
      <Announcer />
      <StaffHolds />
      <PinnedComment />
      <div className={styles.list}>
        <ConnectionState />
        <CommentList />
      </div>
      <div className={styles.foot}>
        <BusyNotice />
        <RoomNotice />
        {!isWide && (
          <div className={styles.reactions}>
            <ReactionBar />
          </div>
        )}
        <Composer />
      </div>
    </section>
  );
}
