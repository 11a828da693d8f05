import type { Boot } from "./boot";
import { goTo, readBack, readOn } from "./history";
import { createModerating, type ModeratingActions } from "./moderating";
import { createPosting, type PostingActions } from "./posting";
import { type ReactionKind, REACTIONS_PER_MESSAGE, type RoomSocket } from "live-comments-client";
import type { ViewerStore } from "./store";
import type { Hold } from "./store/comments";
import { dropFloats, pressReaction } from "./store/reactions";
import { follow, hold, pauseFollowing, release } from "./store/reading";
import { isOutdated } from "./sentences";

/** What components may do. They never see the socket. */
export interface RoomActions extends ModeratingActions, PostingActions {
  react(kind: ReactionKind): void;
  floatEnded(id: number): void;
  pause(): void;
  follow(): void;
  /** Keeps the list still until `release` of the same. */
  hold(why: Hold): void;
  release(why: Hold): void;
  loadOlder(): void;
  loadNewer(): void;
  /** Goes to a comment, wherever in the stream it is; false when it is gone. */
  goTo(id: string): Promise<boolean>;
  reconnect(): void;
}

/** Quick presses of one reaction travel together. */
const PRESSES_GATHER_MS = 200;

/** Floats that have faded out leave together: each change of their number costs a layout of layers. */
const FLOATS_CLEAR_MS = 400;

export function createActions(boot: Boot, store: ViewerStore, socket: RoomSocket): RoomActions {
  return {
    ...createPosting(boot, store, socket),
    ...reacting(store, socket),
    ...scrolling(boot, store),
    ...createModerating(boot, store, socket),
    reconnect() {
      const { link, closeCode } = store.getState().connection;
      if (isOutdated(closeCode)) window.location.reload();
      else if (link === "stopped") socket.start();
      else socket.wake();
    },
  };
}

function reacting(store: ViewerStore, socket: RoomSocket) {
  const presses = new Map<ReactionKind, number>();
  const ended = new Set<number>();
  const clearEnded = () => {
    store.setState(({ reactions }) => ({ reactions: dropFloats(reactions, ended) }));
    ended.clear();
  };
  const sendPresses = () => {
    for (const [kind, count] of presses) {
      for (let left = count; left > 0; left -= REACTIONS_PER_MESSAGE) {
        socket.react(kind, Math.min(left, REACTIONS_PER_MESSAGE));
      }
    }
    presses.clear();
  };
  return {
    react(kind: ReactionKind) {
      if (store.getState().connection.link !== "open") return;
      if (presses.size === 0) window.setTimeout(sendPresses, PRESSES_GATHER_MS);
      presses.set(kind, (presses.get(kind) ?? 0) + 1);
      store.setState(({ reactions }) => ({
        reactions: pressReaction(reactions, kind, Date.now()),
      }));
    },
    floatEnded(id: number) {
      if (ended.size === 0) window.setTimeout(clearEnded, FLOATS_CLEAR_MS);
      ended.add(id);
    },
  };
}

function scrolling(boot: Boot, store: ViewerStore) {
  return {
    pause: () => store.setState(({ comments }) => ({ comments: pauseFollowing(comments) })),
    follow: () => store.setState(({ comments }) => ({ comments: follow(comments) })),
    hold: (why: Hold) => store.setState(({ comments }) => ({ comments: hold(comments, why) })),
    release: (why: Hold) =>
      store.setState(({ comments }) => ({ comments: release(comments, why) })),
    loadOlder: () => readBack(boot, store),
    loadNewer: () => void readOn(boot, store),
    goTo: (id: string) => goTo(boot, store, id),
  };
}
