import type { IconName } from "./components/Icon";
import type { Action, You } from "live-comments-client";
import { isStaffRole, maySanction } from "./rights";
import { s } from "./strings";
import type { DeedKind, MenuView, Subject } from "./store/menu";

/** One line of a row's menu. */
export interface MenuItem {
  label: string;
  icon: IconName;
  /** The key that does the same on a row in focus. */
  hint?: string;
  isGrave?: boolean;
  /** Where the same is done with a reason. */
  withReason?: DeedKind;
  does:
    | { action: Action }
    | { view: MenuView }
    | { own: "reply" | "copy" | "mute" | "block" }
    | { href: string };
}

/** What this reader may do about a comment, in the groups of the menu. */
export function menuItems(
  subject: Subject,
  you: You | null,
  pinnedId: string | null,
  personUrl: string | null = null,
): MenuItem[][] {
  const isOwn = you?.id === subject.user.id;
  const isStaff = you !== null && isStaffRole(you.role);
  const mine = forReader(subject, you !== null, isOwn);
  const against = isOwn ? [] : againstPerson(subject, you !== null && !isStaff);
  if (!isStaff) return [[...mine, ...against]];
  const page = personUrl === null ? [] : [personPage(subject, personUrl)];
  // A moderator's own come first; to look away is the last thing one wants there.
  const groups = [
    mine,
    aboutComment(subject, pinnedId),
    aboutPerson(subject, you),
    [...against, ...page],
  ];
  return groups.filter((group) => group.length > 0);
}

function personPage({ user }: Subject, personUrl: string): MenuItem {
  const href = personUrl.replace("/0/", `/${encodeURIComponent(user.id)}/`);
  return { label: "All about this person", icon: "eye", does: { href } };
}

function forReader({ id, comment }: Subject, isSignedIn: boolean, isOwn: boolean): MenuItem[] {
  const items: MenuItem[] = [];
  if (comment && isSignedIn) {
    items.push({ label: s.menu.reply, icon: "reply", hint: "R", does: { own: "reply" } });
  }
  items.push({ label: s.menu.copy, icon: "copy", does: { own: "copy" } });
  if (isOwn && id !== null) {
    const action = { type: "withdraw_comment", id } as const;
    items.push({ label: s.menu.withdraw, icon: "undo", isGrave: true, does: { action } });
  }
  return items;
}

/** Staff do not report: they decide. */
function againstPerson({ id }: Subject, mayReport: boolean): MenuItem[] {
  const silencing: MenuItem[] = [
    { label: s.menu.mute, icon: "mute", does: { own: "mute" } },
    { label: s.list.block, icon: "stop", does: { own: "block" } },
  ];
  if (!mayReport || id === null) return silencing;
  return [...silencing, { label: s.menu.report, icon: "flag", does: { view: "report" } }];
}

function aboutComment({ id, hold }: Subject, pinnedId: string | null): MenuItem[] {
  const items: MenuItem[] = [];
  if (hold !== null) {
    items.push(
      {
        label: "Approve",
        icon: "check",
        hint: "A",
        does: { action: { type: "approve_held", hold } },
      },
      {
        label: "Refuse",
        icon: "close",
        hint: "X",
        withReason: "refuse",
        does: { action: { type: "refuse_held", hold } },
      },
    );
  }
  if (id === null) return items;
  items.push({
    label: "Hide",
    icon: "hide",
    hint: "H",
    withReason: "hide",
    does: { action: { type: "hide_comment", id } },
  });
  items.push(
    pinnedId === id
      ? { label: "Unpin", icon: "pin", does: { action: { type: "unpin_comment" } } }
      : { label: "Pin", icon: "pin", hint: "P", does: { action: { type: "pin_comment", id } } },
  );
  return items;
}

function aboutPerson({ user }: Subject, you: You): MenuItem[] {
  const action = { type: "clear_user", user: user.id } as const;
  const clear: MenuItem = {
    label: "Remove all comments",
    icon: "broom",
    hint: "C",
    withReason: "clear",
    does: { action },
  };
  if (!maySanction(you, user)) return user.id === you.id ? [] : [clear];
  return [
    clear,
    { label: "Warn…", icon: "warn", hint: "W", does: { view: "warn" } },
    { label: "Time out…", icon: "clock", hint: "T", does: { view: "time_out" } },
    { label: "Ban…", icon: "stop", hint: "B", isGrave: true, does: { view: "ban" } },
  ];
}
