import type { Boot } from "./boot";
import type { Action } from "./protocol.gen";
import type { RoomSocket } from "./socket";
import type { ViewerStore } from "./store";
import { follow, pauseFollowing, setMuted } from "./store/comments";
import {
  type About,
  addDeed,
  changeDeed,
  type Deed,
  dropDeed,
  findDeed,
  lastUndoable,
} from "./store/deeds";
import type { MenuView, OpenMenu, Subject } from "./store/menu";
import { settleComment } from "./store/moderation";
import { dropNotice } from "./store/notices";

/** What components may do about what others said. They never see the socket. */
export interface ModeratingActions {
  act(action: Action, about: About): void;
  /** Takes an action back: this one, or the latest that can be. */
  undo(ref?: string): void;
  retryDeed(ref: string): void;
  dismissDeed(ref: string): void;
  dismissNotice(id: number): void;
  /** This reader alone: shows nothing more of a person in this stream. */
  mute(user: { id: string; name: string }): void;
  unmute(userId: string): void;
  openMenu(subject: Subject, anchor: Element, view?: MenuView): void;
  showView(view: MenuView): void;
  closeMenu(): void;
  /** Staff: a flag or report has been looked at; nothing is done about it. */
  settle(commentId: string): void;
}

export const NOBODY: About = { name: null, text: null };

export function aboutSubject({ user, text }: Subject): About {
  return { name: user.name, text };
}

/** Acts, and everything around it that is this page's own. */
export function createModerating(
  boot: Boot,
  store: ViewerStore,
  socket: RoomSocket,
): ModeratingActions {
  return {
    ...doing(store, socket),
    ...muting(boot, store),
    ...menus(store),
    dismissNotice: (id) => store.setState(({ notices }) => ({ notices: dropNotice(notices, id) })),
    settle: (id) => {
      store.setState(({ moderation }) => ({ moderation: settleComment(moderation, id) }));
    },
  };
}

function doing(store: ViewerStore, socket: RoomSocket) {
  const send = (ref: string, action: Action) => {
    if (socket.act(ref, action)) return;
    store.setState(({ deeds }) => ({ deeds: changeDeed(deeds, ref, { state: "unconfirmed" }) }));
  };
  const begin = (action: Action, about: About, undoes: string | null) => {
    const ref = crypto.randomUUID();
    const fresh = { state: "pending", undo: null, code: null } as const;
    const deed: Deed = { ref, action, about, at: Date.now(), undoes, ...fresh };
    store.setState(({ deeds }) => ({ deeds: addDeed(deeds, deed) }));
    send(ref, action);
  };
  return {
    act: (action: Action, about: About) => begin(action, about, null),
    undo(ref?: string) {
      const { deeds } = store.getState();
      const deed = ref === undefined ? lastUndoable(deeds) : findDeed(deeds, ref);
      const isBeingUndone = deeds.list.some(
        (other) => other.undoes === deed?.ref && other.state === "pending",
      );
      if (deed?.state === "done" && deed.undo && !isBeingUndone) {
        begin(deed.undo, deed.about, deed.ref);
      }
    },
    retryDeed(ref: string) {
      const deed = findDeed(store.getState().deeds, ref);
      if (deed === undefined) return;
      store.setState(({ deeds }) => ({
        deeds: changeDeed(deeds, ref, { state: "pending", at: Date.now(), code: null }),
      }));
      send(ref, deed.action);
    },
    dismissDeed: (ref: string) => {
      store.setState(({ deeds }) => ({ deeds: dropDeed(deeds, ref) }));
    },
  };
}

const mutedName = (slug: string) => `muted:${slug}`;

/** Whom this reader has muted in a stream. Storage may be switched off: then nobody. */
export function storedMuted(slug: string): Map<string, string> {
  try {
    const stored = window.localStorage.getItem(mutedName(slug));
    return new Map(JSON.parse(stored ?? "[]") as [string, string][]);
  } catch {
    return new Map();
  }
}

function muting(boot: Boot, store: ViewerStore) {
  const change = (muted: ReadonlyMap<string, string>) => {
    store.setState(({ comments }) => ({ comments: setMuted(comments, muted) }));
    try {
      window.localStorage.setItem(mutedName(boot.slug), JSON.stringify([...muted]));
    } catch {
      // it holds for this visit only
    }
  };
  return {
    mute({ id, name }: { id: string; name: string }) {
      change(new Map(store.getState().comments.muted).set(id, name));
    },
    unmute(userId: string) {
      const muted = new Map(store.getState().comments.muted);
      muted.delete(userId);
      change(muted);
    },
  };
}

function menus(store: ViewerStore) {
  const show = (open: OpenMenu | null) => store.setState({ menu: { open } });
  const closeMenu = () => {
    const { open } = store.getState().menu;
    if (open === null) return;
    show(null);
    if (open.wasFollowing) store.setState(({ comments }) => ({ comments: follow(comments) }));
  };
  return {
    // The list stands still under an open menu, or the row would leave it.
    openMenu(subject: Subject, anchor: Element, view: MenuView = "main") {
      const { top, bottom, right } = anchor.getBoundingClientRect();
      const { comments, menu } = store.getState();
      const wasFollowing = menu.open?.wasFollowing ?? comments.isFollowing;
      store.setState({ comments: pauseFollowing(comments) });
      show({ subject, view, at: { top, bottom, right }, wasFollowing });
    },
    showView(view: MenuView) {
      const { open } = store.getState().menu;
      if (open) show({ ...open, view });
    },
    closeMenu,
  };
}
