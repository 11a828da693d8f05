import { useRef } from "react";
import { useLostFocus } from "../hooks/useLostFocus";
import { useRoom } from "../hooks/useRoom";
import { useShortcuts } from "../hooks/useShortcuts";
import { useTools } from "../hooks/useTools";
import { selectAnnouncement, selectDeeds, selectIsStaff, selectMenu } from "../store/selectors";
import { s } from "../strings";
import { Announcer } from "./Announcer";
import styles from "./Chat.module.css";
import { BusyNotice } from "./BusyNotice";
import { ChatHead } from "./ChatHead";
import { CommentList } from "./CommentList";
import { Composer } from "./Composer";
import { ConnectionState } from "./ConnectionState";
import { Notices } from "./Notices";
import { PinnedComment } from "./PinnedComment";
import { ReactionBar } from "./ReactionBar";
import { RoomNotice } from "./RoomNotice";

/** The column of comments, with what is pinned above and the composer below. */
export function Chat({ hasReactions }: { hasReactions: boolean }) {
  const isStaff = useRoom(selectIsStaff);
  const isMenuOpen = useRoom(selectMenu) !== null;
  const hasDeeds = useRoom(selectDeeds).length > 0;
  const hasAnnouncement = useRoom(selectAnnouncement) !== null;
  const tools = useTools(isStaff || isMenuOpen || hasDeeds || hasAnnouncement);
  const ref = useRef<HTMLElement>(null);
  useShortcuts();
  useLostFocus(ref);
  return (
    <section ref={ref} className={styles.chat} aria-label={s.chat.label}>
      <ChatHead />
      <Announcer />
      {isStaff && tools && <tools.StaffBar />}
      <div role="status" aria-label={s.announcement.label}>
        {tools && <tools.Announcement />}
      </div>
      <PinnedComment />
      <div className={styles.list}>
        <ConnectionState />
        <CommentList />
      </div>
      <div className={styles.foot}>
        <BusyNotice />
        <RoomNotice />
        <Notices />
        {tools && <tools.DeedBar />}
        {hasReactions && (
          <div className={styles.reactions}>
            <ReactionBar />
          </div>
        )}
        <Composer />
      </div>
      {tools && <tools.RowMenu />}
    </section>
  );
}
