import type { Comment, Quote } from "live-comments-client";
import type { Entry } from "./comments";

/** The comment, without the words of what it answers where that is hidden. */
export function withoutHiddenQuote(comment: Comment, hiddenIds: ReadonlySet<string>): Comment {
  if (!comment.reply?.text || !hiddenIds.has(comment.reply.id)) return comment;
  return { ...comment, reply: { ...comment.reply, text: "" } };
}

/** The entries, with those quotes changed that are meant. */
export function withQuotes(
  entries: readonly Entry[],
  isMeant: (quote: Quote) => boolean,
  change: (quote: Quote) => Quote,
): readonly Entry[] {
  return entries.map((entry) => {
    if (entry.kind !== "comment" || !entry.comment.reply || !isMeant(entry.comment.reply)) {
      return entry;
    }
    return { ...entry, comment: { ...entry.comment, reply: change(entry.comment.reply) } };
  });
}
