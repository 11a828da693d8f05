import type { Comment, Quote } from "live-comments-client";
import type { Entry } from "./comments";
import { compareIds } from "./ids";

/** What was hidden is remembered, so that a history page fetched before cannot bring it back. */
export const HIDDEN_REMEMBERED = 2_000;

/** Whose comments were cleared, and up to which id, by the names under which they are quoted. */
export type ClearedNames = ReadonlyMap<string, { user: string; through: string }>;

interface Hidden {
  hiddenIds: ReadonlySet<string>;
  clearedNames: ClearedNames;
}

/** The map with an entry at its end; the oldest is forgotten when there are too many. */
export function remember<V>(map: ReadonlyMap<string, V>, key: string, value: V): Map<string, V> {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  const [oldest] = next.keys();
  if (next.size > HIDDEN_REMEMBERED && oldest !== undefined) next.delete(oldest);
  return next;
}

/** The names with those of a person, who may be quoted under what they were called before. */
export function rememberNames(
  known: ClearedNames,
  names: readonly string[],
  cleared: { user: string; through: string },
): ClearedNames {
  return [...new Set(names)].reduce((all, name) => remember(all, name, cleared), known);
}

/** The names without those of a person: of what they said, something is shown again. */
export function forgetNames(names: ClearedNames, user: string): ClearedNames {
  return new Map([...names].filter(([, cleared]) => cleared.user !== user));
}

/** The comment, without the words of what it answers where that is hidden. */
export function withoutHiddenQuote(comment: Comment, hidden: Hidden): Comment {
  const { reply } = comment;
  if (!reply?.text || !isQuoteHidden(reply, hidden)) return comment;
  return { ...comment, reply: { ...reply, text: "" } };
}

function isQuoteHidden({ id, name }: Quote, { hiddenIds, clearedNames }: Hidden): boolean {
  const cleared = clearedNames.get(name);
  return hiddenIds.has(id) || (cleared !== undefined && compareIds(id, cleared.through) <= 0);
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
