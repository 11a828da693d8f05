import { useEffect, useState } from "react";
import { isFailed, postSentence, postTitle } from "../postSentences";
import type { OutgoingPost } from "../store/outbox";
import { selectPosts } from "../store/selectors";
import { s } from "../strings";
import { secondsUntil } from "./useCountdown";
import { useSession } from "./useRoom";

function newsOf(post: OutgoingPost): string {
  if (post.state === "sending") return "";
  const retryAt = post.state === "refused" ? post.retryAt : null;
  const reason = postSentence(post, secondsUntil(retryAt ?? 0), retryAt !== null);
  return isFailed(post) ? s.post.refusedBecause(post.text, reason) : postTitle(post);
}

/** What became of one's own comments, in words for a live region, as it happens. */
export function useOutboxNews(): string {
  const { store } = useSession();
  const [words, setWords] = useState("");
  useEffect(() => {
    let before = selectPosts(store.getState());
    return store.subscribe((state) => {
      const posts = selectPosts(state);
      if (posts === before) return;
      const known = new Map(before.map(({ nonce, state: was }) => [nonce, was]));
      before = posts;
      const changed = posts.findLast(({ nonce, state: is }) => known.get(nonce) !== is);
      if (changed) setWords(newsOf(changed));
    });
  }, [store]);
  return words;
}
