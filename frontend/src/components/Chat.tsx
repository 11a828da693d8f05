import { WIDE, useMediaQuery } from "../hooks/useMediaQuery";
import { useRoom } from "../hooks/useRoom";
import { useShortcuts } from "../hooks/useShortcuts";
import { useTools } from "../hooks/useTools";
import { selectDeeds, selectIsStaff, selectMenu } from "../store/selectors";
import { Announcer } from "./Announcer";
import styles from "./Chat.module.css";
import { BusyNotice } from "./BusyNotice";
import { CommentList } from "./CommentList";
import { Composer } from "./Composer";
import { ConnectionState } from "./ConnectionState";
import { Muted, Notices } from "./Notices";
import { PinnedComment } from "./PinnedComment";
import { ReactionBar } from "./ReactionBar";
import { RoomNotice } from "./RoomNotice";

/** The column of comments, with what is pinned above and the composer below. */
export function Chat() {
  const isWide = useMediaQuery(WIDE);
  const isStaff = useRoom(selectIsStaff);
  const isMenuOpen = useRoom(selectMenu) !== null;
  const hasDeeds = useRoom(selectDeeds).length > 0;
  const tools = useTools(isStaff || isMenuOpen || hasDeeds);
  useShortcuts();
  return (
    <section className={styles.chat} aria-label="Live comments">
      <h2 className={styles.heading}>Live comments</h2>
      <Announcer />
      {isStaff && tools && <tools.StaffBar />}
      <PinnedComment />
      <div className={styles.list}>
        <ConnectionState />
        <CommentList />
      </div>
      <div className={styles.foot}>
        <BusyNotice />
        <RoomNotice />
        <Muted />
        <Notices />
        {tools && <tools.DeedBar />}
        {!isWide && (
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
