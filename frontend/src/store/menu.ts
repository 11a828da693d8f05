import type { Comment, Held, Person } from "live-comments-client";

/** What a menu is about: a comment of the room, or one that waits. */
export interface Subject {
  /** Null while it waits: it has no id yet. */
  id: string | null;
  hold: string | null;
  user: Person;
  text: string;
  comment: Comment | null;
}

/** What one may give a reason for. */
export type DeedKind = "warn" | "time_out" | "ban" | "hide" | "refuse" | "clear";

/** `main` is the list of what can be done; the others ask for what is missing. */
export type MenuView = "main" | "report" | DeedKind;

export interface OpenMenu {
  subject: Subject;
  view: MenuView;
  /** Where it opens, in pixels of the window. */
  at: { top: number; bottom: number; left: number; right: number };
}

export interface MenuState {
  open: OpenMenu | null;
  /** The room began afresh, and what the menu is about was not there: it may have been hidden. */
  isOrphan?: boolean;
}

export const emptyMenu: MenuState = { open: null };

export function subjectOfComment(comment: Comment): Subject {
  return { id: comment.id, hold: null, user: comment.user, text: comment.text, comment };
}

export function subjectOfHeld({ hold, user, text }: Held): Subject {
  return { id: null, hold, user, text, comment: null };
}
