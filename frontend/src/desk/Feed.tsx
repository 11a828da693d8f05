import { useRef } from "react";
import { BusyNotice } from "../components/BusyNotice";
import { CommentList } from "../components/CommentList";
import { Composer } from "../components/Composer";
import { ConnectionState } from "../components/ConnectionState";
import { PinnedComment } from "../components/PinnedComment";
import { formatCount } from "../format";
import { useRoom, useSession } from "../hooks/useRoom";
import { selectIsFollowing, selectUnseen } from "../store/selectors";
import styles from "./Feed.module.css";
import { useStandingStill } from "./useStandingStill";

/** The room's comments as they come, and the way back to the latest while they stand still. */
export function Feed() {
  const { actions } = useSession();
  const isFollowing = useRoom(selectIsFollowing);
  const unseen = useRoom(selectUnseen);
  const ref = useRef<HTMLDivElement>(null);
  useStandingStill(ref);
  return (
    <section className={styles.feed} aria-label="Feed">
      <h2 className={styles.heading}>
        Feed
        {isFollowing ? (
          <span className={styles.state}>live</span>
        ) : (
          <button type="button" className={styles.state} onClick={() => actions.follow()}>
            {unseen > 0 && `${formatCount(unseen)} new · `}Jump to latest
          </button>
        )}
      </h2>
      <PinnedComment />
      <div ref={ref} className={styles.list} data-still={!isFollowing} data-list="feed">
        <ConnectionState />
        <CommentList hasJump={false} />
      </div>
      <div className={styles.foot}>
        <BusyNotice />
        <Composer />
      </div>
    </section>
  );
}
