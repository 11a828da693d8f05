import { useLayoutEffect, useMemo, useRef } from "react";
import { useFollowing } from "../hooks/useFollowing";
import { useRowKeys } from "../hooks/useRowKeys";
import { useRoom, useSession } from "../hooks/useRoom";
import { useActiveRow } from "../hooks/useActiveRow";
import { type Sought, useRowWindow } from "../hooks/useRowWindow";
import { useStartedAt } from "../hooks/useStartedAt";
import { type RowSubject, withHeld } from "../rows";
import { isSilenced } from "../store/comments";
import {
  selectComments,
  selectHasJoined,
  selectIsStaff,
  selectPosts,
  selectYou,
} from "../store/selectors";
import { s } from "../strings";
import styles from "./CommentList.module.css";
import { CommentRow } from "./CommentRow";
import { EmptyList } from "./EmptyList";
import { JumpToLatest } from "./JumpToLatest";
import { LaterComments } from "./LaterComments";
import { OlderComments } from "./OlderComments";

/** What is to be seen: without those this reader has silenced, with what waits and what is unsent. */
function useRows(): readonly RowSubject[] {
  const comments = useRoom(selectComments);
  const posts = useRoom(selectPosts);
  const isStaff = useRoom(selectIsStaff);
  // One array under one parent: a post that gets its id moves, its row is not mounted again.
  return useMemo((): RowSubject[] => {
    const outgoing = posts.map((post) => ({ kind: "post", key: post.nonce, post }) as const);
    const seen = comments.entries.filter(
      (entry) => entry.kind !== "comment" || !isSilenced(comments, entry.comment.user.id),
    );
    return [...withHeld(seen, isStaff ? comments.held : []), ...outgoing];
  }, [comments, posts, isStaff]);
}

/** The row that the reader asked for last. */
function useSought(): Sought | null {
  const { sought, entries } = useRoom(selectComments);
  const key = sought && entries.find(({ id }) => id === sought.id)?.key;
  const count = sought?.count ?? 0;
  return useMemo(() => (key == null ? null : { key, count }), [key, count]);
}

function useSilencedNames(): ReadonlySet<string> {
  const { muted, blocked } = useRoom(selectComments);
  return useMemo(() => new Set([...muted.values(), ...blocked.values()]), [muted, blocked]);
}

/** The comments in the room's order, following its end until someone reads back. */
export function CommentList({ hasJump = true }: { hasJump?: boolean }) {
  const { actions } = useSession();
  const { isFollowing, holds, tail } = useRoom(selectComments);
  const you = useRoom(selectYou);
  const hasJoined = useRoom(selectHasJoined);
  const isStaff = useRoom(selectIsStaff);
  const ref = useRef<HTMLDivElement>(null);
  const rows = useRows();
  const sought = useSought();
  const silencedNames = useSilencedNames();
  const keys = useMemo(() => rows.map(({ key }) => key), [rows]);
  const { start, end, abovePx, belowPx, place } = useRowWindow(ref, keys, isFollowing, sought);
  const drawn = useMemo(() => rows.slice(start, end), [rows, start, end]);
  const following = {
    isFollowing,
    isHeld: holds.size > 0,
    hasNewest: tail === null,
    pause: () => actions.pause(),
    follow: () => actions.follow(),
    nearStart: () => actions.loadOlder(),
    nearEnd: () => actions.loadNewer(),
    settled: place,
  };
  useFollowing(ref, following, drawn, sought);
  // After that, or it would look at a place that is about to be put right.
  useLayoutEffect(place, [place, drawn]);
  useRowKeys(ref);
  const { pointed, focused } = useActiveRow(ref, drawn);

  const startedAt = useStartedAt();
  return (
    <div className={styles.frame}>
      <div
        ref={ref}
        className={styles.list}
        role="log"
        aria-label={s.list.label}
        aria-live="off"
        aria-busy={!hasJoined}
        data-scrolls
        tabIndex={0}
      >
        {rows.length === 0 && <EmptyList />}
        <OlderComments />
        <div className={styles.blank} style={{ height: abovePx }} />
        <ol className={styles.rows}>
          {drawn.map((subject) => (
            <CommentRow
              key={subject.key}
              subject={subject}
              viewerId={you?.id ?? null}
              viewerName={you?.name ?? null}
              startedAt={startedAt}
              isStaff={isStaff}
              silencedNames={silencedNames}
              isSought={subject.key === sought?.key}
              isActive={subject.key === pointed || subject.key === focused}
            />
          ))}
        </ol>
        <div className={styles.blank} style={{ height: belowPx }} />
        <LaterComments />
      </div>
      {hasJump && <JumpToLatest onJump={() => ref.current?.focus({ preventScroll: true })} />}
    </div>
  );
}
