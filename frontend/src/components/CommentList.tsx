import { useMemo, useRef } from "react";
import { useFollowing } from "../hooks/useFollowing";
import { useRowKeys } from "../hooks/useRowKeys";
import { useRoom, useSession } from "../hooks/useRoom";
import { drawnEntries, type Entry } from "../store/comments";
import type { Held } from "../protocol.gen";
import {
  selectComments,
  selectHasJoined,
  selectIsStaff,
  selectPosts,
  selectYou,
} from "../store/selectors";
import { holdKey } from "../store/subjects";
import styles from "./CommentList.module.css";
import { CommentRow, type RowSubject } from "./CommentRow";
import { EmptyList } from "./EmptyList";
import { JumpToLatest } from "./JumpToLatest";
import { OlderComments } from "./OlderComments";

/** Each comment that waits, before the first that was said after it. */
function withHeld(entries: readonly Entry[], held: readonly Held[]): RowSubject[] {
  if (held.length === 0) return [...entries];
  const rows: RowSubject[] = [];
  const waiting = [...held].sort((a, b) => a.at - b.at);
  const put = (one: Held) => rows.push({ kind: "held", key: holdKey(one.hold), held: one });
  // What has waited for longer than the list reaches back is found above it.
  const first = entries.find((entry) => entry.kind === "comment");
  let next = first ? waiting.findIndex(({ at }) => at >= first.comment.at) : 0;
  if (next === -1) next = waiting.length;
  for (const entry of entries) {
    for (; entry.kind === "comment" && next < waiting.length; next += 1) {
      const one = waiting[next];
      if (!one || one.at > entry.comment.at) break;
      put(one);
    }
    rows.push(entry);
  }
  waiting.slice(next).forEach(put);
  return rows;
}

/** The comments in the room's order, following its end until someone reads back. */
export function CommentList({ hasJump = true }: { hasJump?: boolean }) {
  const { actions, boot } = useSession();
  const comments = useRoom(selectComments);
  const { isFollowing } = comments;
  const posts = useRoom(selectPosts);
  const you = useRoom(selectYou);
  const hasJoined = useRoom(selectHasJoined);
  const isStaff = useRoom(selectIsStaff);
  const ref = useRef<HTMLDivElement>(null);
  // One array under one parent: a post that gets its id moves, its row is not mounted again.
  const rows = useMemo((): RowSubject[] => {
    const outgoing = posts.map((post) => ({ kind: "post", key: post.nonce, post }) as const);
    const { held, muted } = comments;
    const seen = drawnEntries(comments).filter(
      (entry) => entry.kind !== "comment" || !muted.has(entry.comment.user.id),
    );
    return [...withHeld(seen, isStaff ? held : []), ...outgoing];
  }, [comments, posts, isStaff]);
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
        data-scrolls
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
              isStaff={isStaff}
            />
          ))}
        </ol>
      </div>
      {hasJump && <JumpToLatest />}
    </div>
  );
}
