import type { Person, Role } from "live-comments-client";
import type { Boot } from "./boot";
import type { ViewerState } from "./store";
import { isSilenced, liveEntries } from "./store/comments";

/** Somebody who can be mentioned. */
export interface Mentionable {
  id: string;
  name: string;
  role: Role;
  isRepliedTo: boolean;
}

/** What is being typed of a name. `start` is the place of its `@`. */
export interface MentionQuery {
  start: number;
  end: number;
  words: string;
}

/** More than these nobody reads through while typing. */
export const MENTIONS_SHOWN = 6;
/** Names are at most this long; what is longer is a sentence. */
const QUERY_MAX_LENGTH = 40;

/** The name that is being typed before the caret: after an `@` at the start or after a space. */
export function mentionQuery(text: string, caret: number): MentionQuery | null {
  const typed = /(?:^|\s)@((?:\S[^@]*)?)$/u.exec(text.slice(0, caret));
  const words = typed?.[1];
  if (words === undefined || words.length > QUERY_MAX_LENGTH || /\s$/u.test(words)) return null;
  return { start: caret - words.length - 1, end: caret, words };
}

/** Letters alone: without accents and capitals. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Everybody this reader may mean: who spoke last comes first, staff who were silent come last. */
export function peoplePresent(state: ViewerState, boot: Boot): Mentionable[] {
  const { comments, room, composer } = state;
  const people = new Map<string, Mentionable>();
  const ownId = room.you?.id ?? String(boot.user?.id ?? "");
  const add = ({ id, name, role = "viewer" }: Pick<Person, "id" | "name" | "role">) => {
    if (id === ownId || people.has(id) || isSilenced(comments, id)) return;
    people.set(id, { id, name, role, isRepliedTo: false });
  };
  const said = liveEntries(comments).flatMap((entry) =>
    entry.kind === "comment" ? [entry.comment] : [],
  );
  const answered = comments.entries.find(({ id }) => id === composer.replyTo?.id);
  if (answered?.kind === "comment") add(answered.comment.user);
  for (const one of people.values()) one.isRepliedTo = true;
  for (const comment of said.reverse()) add(comment.user);
  if (room.room.pinned) add(room.room.pinned.user);
  add({ id: String(boot.broadcaster.id), name: boot.broadcaster.name, role: "broadcaster" });
  for (const [id, name] of Object.entries(boot.staff ?? {})) add({ id, name, role: "moderator" });
  return [...people.values()];
}

/** How well a name fits: 0 from its beginning, 1 from another word of it, null not at all. */
function fit(name: string, query: string): 0 | 1 | null {
  const letters = folded(name);
  if (letters.startsWith(query)) return 0;
  const words = letters.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu);
  for (const { index } of words) if (letters.startsWith(query, index)) return 1;
  return null;
}

/** The people whose name goes on like this. None when there is nothing left to complete. */
export function matchingPeople(people: readonly Mentionable[], words: string): Mentionable[] {
  const query = folded(words);
  const fits = people.flatMap((person) => {
    const how = fit(person.name, query);
    return how === null ? [] : [{ person, how }];
  });
  const found = fits.sort((a, b) => a.how - b.how).map(({ person }) => person);
  const [only] = found;
  if (found.length === 1 && only && folded(only.name) === query) return [];
  return found.slice(0, MENTIONS_SHOWN);
}
