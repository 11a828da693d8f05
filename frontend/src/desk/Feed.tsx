import { type PointerEvent, useRef } from "react";
import { BusyNotice } from "../components/BusyNotice";
import { CommentList } from "../components/CommentList";
import { Composer } from "../components/Composer";
import { ConnectionState } from "../components/ConnectionState";
import { PinnedComment } from "../components/PinnedComment";
import { formatCount } from "../format";
import { useRoom, useSession } from "../hooks/useRoom";
import { selectIsFollowing, selectMenu, selectUnseen } from "../store/selectors";
import styles from "./Feed.module.css";

/**
 * The room's comments as they come. They stand still while the mouse is over them or a row has the
 * focus, so that nothing moves away from under a click.
 */
export function Feed() {
  const { actions } = useSession();
  const isFollowing = useRoom(selectIsFollowing);
  const unseen = useRoom(selectUnseen);
  const isMenuOpen = useRoom(selectMenu) !== null;
  const ref = useRef<HTMLElement>(null);
  const hasRowInFocus = () => ref.current?.querySelector("[data-row]:focus-visible") != null;
  const enter = (event: PointerEvent) => {
    if (event.pointerType === "mouse") actions.pause();
  };
  const leave = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && !isMenuOpen && !hasRowInFocus()) actions.follow();
  };
  return (
    <section ref={ref} className={styles.feed} aria-label="Feed">
      <h2 className={styles.heading}>
        Feed
        {isFollowing ? (
          <span className={styles.state}>live</span>
        ) : (
          <button type="button" className={styles.state} onClick={() => actions.follow()}>
            stands still{unseen > 0 && ` · ${formatCount(unseen)} new`}
          </button>
        )}
      </h2>
      <PinnedComment />
      <div
        className={styles.list}
        data-still={!isFollowing}
        data-list="feed"
        onPointerEnter={enter}
        onPointerLeave={leave}
      >
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
