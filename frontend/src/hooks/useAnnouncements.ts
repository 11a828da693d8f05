import { useEffect, useState } from "react";
import type { Settings } from "../settings/settings";
import type { ViewerState, ViewerStore } from "../store";
import { type CommentEntry, isSilenced, liveEntries } from "../store/comments";
import { compareIds } from "../store/ids";
import { s } from "../strings";

type AnnouncerMode = Settings["announce"];

/** Speech is slow: this often, and this many comments at a time. */
const EVERY_MS = 4_000;
const COMMENTS_AT_ONCE = 3;

function isForReader({ comment }: CommentEntry, { room }: ViewerState): boolean {
  const name = room.you?.name.toLowerCase();
  if (name === undefined) return false;
  return (
    comment.text.toLowerCase().includes(`@${name}`) || comment.reply?.name.toLowerCase() === name
  );
}

/** What is new since an id, in words. */
export function announcement(state: ViewerState, sinceId: string, mode: AnnouncerMode): string {
  if (mode === "off") return "";
  const fresh = liveEntries(state.comments).filter((entry): entry is CommentEntry => {
    if (entry.kind !== "comment" || isSilenced(state.comments, entry.comment.user.id)) return false;
    return compareIds(entry.id, sinceId) > 0;
  });
  const others = fresh.filter(({ comment }) => comment.user.id !== state.room.you?.id);
  const wanted = mode === "all" ? others : others.filter((entry) => isForReader(entry, state));
  const spoken = wanted.slice(-COMMENTS_AT_ONCE);
  const left = wanted.length - spoken.length;
  const words = spoken.map(({ comment }) => s.announce.said(comment.user.name, comment.text));
  return [...(left > 0 ? [s.announce.more(left)] : []), ...words].join(" ");
}

/** The words for a polite live region, renewed at the pace of speech. */
export function useAnnouncements(store: ViewerStore, mode: AnnouncerMode): string {
  const [words, setWords] = useState("");
  useEffect(() => {
    let sinceId = liveEntries(store.getState().comments).at(-1)?.id ?? "";
    let pinnedId = store.getState().room.room.pinned?.id;
    let hasJoined = store.getState().connection.hasJoined;
    const timer = window.setInterval(() => {
      const state = store.getState();
      const { pinned } = state.room.room;
      // What was there at the first look is history, not news.
      const said = hasJoined ? announcement(state, sinceId, mode) : "";
      const isPinNew = hasJoined && mode !== "off" && pinned !== null && pinned.id !== pinnedId;
      setWords(isPinNew ? `${s.announce.pinned(pinned.user.name, pinned.text)} ${said}` : said);
      sinceId = liveEntries(state.comments).at(-1)?.id ?? sinceId;
      pinnedId = pinned?.id;
      hasJoined = state.connection.hasJoined;
    }, EVERY_MS);
    return () => window.clearInterval(timer);
  }, [store, mode]);
  return words;
}
