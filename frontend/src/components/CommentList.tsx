import { useMemo, useRef } from "react";
import { useFollowing } from "../hooks/useFollowing";
import { useRowKeys } from "../hooks/useRowKeys";
import { useRoom, useSession } from "../hooks/useRoom";
import { drawnEntries } from "../store/comments";
import { selectComments, selectHasJoined, selectPosts, selectYou } from "../store/selectors";
import styles from "./CommentList.module.css";
import { CommentRow, type RowSubject } from "./CommentRow";
import { EmptyList } from "./EmptyList";
import { JumpToLatest } from "./JumpToLatest";
import { OlderComments } from "./OlderComments";

/** The comments in the room's order, following its end until someone reads back. */
export function CommentList() {
  const { actions, boot } = useSession();
  const comments = useRoom(selectComments);
  const { isFollowing } = comments;
  const posts = useRoom(selectPosts);
  const you = useRoom(selectYou);
  const hasJoined = useRoom(selectHasJoined);
  const ref = useRef<HTMLDivElement>(null);
  // One array under one parent: a post that gets its id moves, its row is not mounted again.
  const rows = useMemo((): RowSubject[] => {
    const outgoing = posts.map((post) => ({ kind: "post", key: post.nonce, post }) as const);
    return [...drawnEntries(comments), ...outgoing];
  }, [comments, posts]);
  const following = {
    isFollowing,
    pause: () => actions.pause(),
    follow: () => actions.follow(),
    nearStart: () => actions.loadOlder(),
  };
  useFollowing(ref, following, rows);
  useRowKeys(ref);

  const startedAt = boot.started_at === null ? null : Date.parse(boot.started_at);
  return (
    <div className={styles.frame}>
      <div
        ref={ref}
        className={styles.list}
        role="log"
        aria-label="Comments"
        aria-live="off"
        aria-busy={!hasJoined}
        tabIndex={0}
      >
        {rows.length === 0 && <EmptyList />}
        <OlderComments />
        <ol className={styles.rows}>
          {rows.map((subject) => (
            <CommentRow
              key={subject.key}
              subject={subject}
              viewerId={you?.id ?? null}
              viewerName={you?.name ?? null}
              startedAt={startedAt}
            />
          ))}
        </ol>
      </div>
      <JumpToLatest />
    </div>
  );
}
