import { freshNonce } from "./nonce";
import type { Boot } from "./boot";
import type { Action, RoomSocket } from "live-comments-client";
import type { ViewerStore } from "./store";
import {
  type About,
  addDeed,
  changeDeed,
  type Deed,
  dropDeed,
  findDeed,
  isUndoable,
  lastUndoable,
} from "./store/deeds";
import type { MenuView, OpenMenu, Subject } from "./store/menu";
import { settleComment } from "./store/moderation";
import { dropNotice } from "./store/notices";
import { hold, release } from "./store/reading";
import { silencing, type SilencingActions } from "./silencing";

/** What components may do about what others said. They never see the socket. */
export interface ModeratingActions extends SilencingActions {
  act(action: Action, about: About): void;
  /** Takes an action back: this one, or the latest that can be. */
  undo(ref?: string): void;
  retryDeed(ref: string): void;
  dismissDeed(ref: string): void;
  dismissNotice(id: number): void;
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
  socket: Pick<RoomSocket, "act">,
): ModeratingActions {
  return {
    ...doing(store, socket),
    ...silencing(boot.slug, store),
    ...menus(store),
    dismissNotice: (id) => store.setState(({ notices }) => ({ notices: dropNotice(notices, id) })),
    settle: (id) => {
      store.setState(({ moderation }) => ({ moderation: settleComment(moderation, id) }));
    },
  };
}

function doing(store: ViewerStore, socket: Pick<RoomSocket, "act">) {
  const change = (ref: string, changes: Partial<Deed>) =>
    store.setState(({ deeds }) => ({ deeds: changeDeed(deeds, ref, changes) }));
  const send = (ref: string, action: Action) => {
    if (socket.act(ref, action)) return;
    change(ref, { state: "unconfirmed" });
  };
  const begin = (action: Action, about: About, undoes: string | null) => {
    const ref = freshNonce();
    const fresh = { state: "pending", undo: null, code: null, isUnwanted: false } as const;
    const deed: Deed = { ref, action, about, at: Date.now(), undoes, ...fresh };
    store.setState(({ deeds }) => ({ deeds: addDeed(deeds, deed) }));
    send(ref, action);
  };
  const takeBack = ({ ref, about, undo }: Deed) => {
    if (undo !== null) begin(undo, about, ref);
  };
  store.subscribe(({ deeds }, before) => {
    if (deeds === before.deeds) return;
    const answered = deeds.list.find(({ state, isUnwanted }) => isUnwanted && state === "done");
    if (answered === undefined) return;
    change(answered.ref, { isUnwanted: false });
    takeBack(answered);
  });
  return {
    act: (action: Action, about: About) => begin(action, about, null),
    undo(ref?: string) {
      const { deeds } = store.getState();
      const deed = ref === undefined ? lastUndoable(deeds) : findDeed(deeds, ref);
      // What the answer will say takes it back is not known yet. The one before is not meant.
      if (deed?.state === "pending") change(deed.ref, { isUnwanted: true });
      else if (deed && isUndoable(deeds, deed)) takeBack(deed);
    },
    retryDeed(ref: string) {
      const deed = findDeed(store.getState().deeds, ref);
      if (deed === undefined) return;
      change(ref, { state: "pending", at: Date.now(), code: null, isUnwanted: false });
      send(ref, deed.action);
    },
    dismissDeed: (ref: string) => {
      store.setState(({ deeds }) => ({ deeds: dropDeed(deeds, ref) }));
    },
  };
}

function menus(store: ViewerStore) {
  const show = (open: OpenMenu | null) => store.setState({ menu: { open } });
  const closeMenu = () => {
    show(null);
    // By then the row has its focus back, should it have had it.
    window.setTimeout(() => {
      store.setState(({ comments }) => ({ comments: release(comments, "menu") }));
    });
  };
  return {
    // The list stands still under an open menu, or the row would leave it.
    openMenu(subject: Subject, anchor: Element, view: MenuView = "main") {
      const { top, bottom, left, right } = anchor.getBoundingClientRect();
      store.setState(({ comments }) => ({ comments: hold(comments, "menu") }));
      show({ subject, view, at: { top, bottom, left, right } });
    },
    showView(view: MenuView) {
      const { open } = store.getState().menu;
      if (open) show({ ...open, view });
    },
    closeMenu,
  };
}
