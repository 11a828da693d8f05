import type { RoomActions } from "./actions";
import { aboutSubject } from "./moderating";
import type { Action, You } from "live-comments-client";
import { isStaffRole, maySanction } from "./rights";
import type { MenuView, Subject } from "./store/menu";

/** What a key does to a row: an action at once, or a view of the row's menu that asks for more. */
type Stroke = { action: Action } | { view: MenuView };

/** The stroke of a key on a row; null where it means nothing, or is not this reader's to do. */
export function strokeOf(key: string, subject: Subject, you: You | null): Stroke | null {
  if (key === "m" || key === "Enter") return { view: "main" };
  if (you === null || !isStaffRole(you.role)) return null;
  return onComment(key, subject) ?? onHeld(key, subject) ?? onPerson(key, subject, you);
}

function onComment(key: string, { id }: Subject): Stroke | null {
  if (id === null) return null;
  if (key === "h") return { action: { type: "hide_comment", id } };
  if (key === "H") return { view: "hide" };
  if (key === "p") return { action: { type: "pin_comment", id } };
  return null;
}

function onHeld(key: string, { hold }: Subject): Stroke | null {
  if (hold === null) return null;
  if (key === "a") return { action: { type: "approve_held", hold } };
  if (key === "x") return { action: { type: "refuse_held", hold } };
  if (key === "X") return { view: "refuse" };
  return null;
}

function onPerson(key: string, { user }: Subject, you: You): Stroke | null {
  if (key === "c") return { action: { type: "clear_user", user: user.id } };
  if (key === "C") return { view: "clear" };
  if (!maySanction(you, user)) return null;
  if (key === "w") return { view: "warn" };
  if (key === "t") return { view: "time_out" };
  if (key === "b") return { view: "ban" };
  return null;
}

/** What a key does about a row; null when it means nothing there. */
export function strike(
  key: string,
  row: Element,
  subject: Subject,
  you: You | null,
  actions: RoomActions,
): (() => void) | null {
  const { comment } = subject;
  if (key === "r" && comment !== null && you !== null) return () => actions.reply(comment);
  const stroke = strokeOf(key, subject, you);
  if (stroke === null) return null;
  if ("action" in stroke) return () => actions.act(stroke.action, aboutSubject(subject));
  return () => actions.openMenu(subject, row, stroke.view);
}
