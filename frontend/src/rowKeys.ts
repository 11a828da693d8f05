import type { RoomActions } from "./actions";
import { aboutSubject } from "./moderating";
import type { Action, You } from "./protocol.gen";
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
  if (key === "p") return { action: { type: "pin_comment", id } };
  return null;
}

function onHeld(key: string, { hold }: Subject): Stroke | null {
  if (hold === null) return null;
  if (key === "a") return { action: { type: "approve_held", hold } };
  if (key === "x") return { action: { type: "refuse_held", hold } };
  return null;
}

function onPerson(key: string, { user }: Subject, you: You): Stroke | null {
  if (key === "c") return { action: { type: "clear_user", user: user.id } };
  if (!maySanction(you, user)) return null;
  if (key === "w") return { view: "warn" };
  if (key === "t") return { view: "time_out" };
  if (key === "b") return { view: "ban" };
  return null;
}

/** Does what a key says about a row; false when it says nothing. */
export function strike(
  key: string,
  row: Element,
  subject: Subject,
  you: You | null,
  actions: RoomActions,
): boolean {
  if (key === "r" && subject.comment !== null && you !== null) {
    actions.reply(subject.comment);
    return true;
  }
  const stroke = strokeOf(key, subject, you);
  if (stroke === null) return false;
  if ("action" in stroke) actions.act(stroke.action, aboutSubject(subject));
  else actions.openMenu(subject, row, stroke.view);
  return true;
}
