import type { Boot } from "./boot";
import { readBack } from "./history";
import { createModerating, type ModeratingActions } from "./moderating";
import { type Comment, type Quote, REACTIONS_PER_MESSAGE, type ReactionKind } from "./protocol.gen";
import type { RoomSocket } from "./socket";
import type { ViewerState, ViewerStore } from "./store";
import { follow, pauseFollowing } from "./store/comments";
import { bringBack, emptyComposer, startReply } from "./store/composer";
import { baseOf, dropPost, findPost, type OutgoingPost, putPost } from "./store/outbox";
import { dropFloats, pressReaction } from "./store/reactions";
import { isOutdated } from "./strings";
import { cleaned, oneLine } from "./text";

/** What components may do. They never see the socket. */
export interface RoomActions extends ModeratingActions {
  setDraft(text: string): void;
  reply(comment: Comment): void;
  cancelReply(): void;
  focusComposer(): void;
  /** Sends what the composer holds and empties it. */
  submit(): void;
  retryPost(nonce: string): void;
  editPost(nonce: string): void;
  dismissPost(nonce: string): void;
  copyPost(nonce: string): void;
  react(kind: ReactionKind): void;
  floatEnded(id: number): void;
  pause(): void;
  follow(): void;
  loadOlder(): void;
  reconnect(): void;
}

/** Quick presses of one reaction travel together. */
const PRESSES_GATHER_MS = 200;

/** Floats that have faded out leave together: each change of their number costs a layout of layers. */
const FLOATS_CLEAR_MS = 400;

type Update = (change: (state: ViewerState) => Partial<ViewerState>) => void;

export function createActions(boot: Boot, store: ViewerStore, socket: RoomSocket): RoomActions {
  const update: Update = (change) => store.setState(change);
  return {
    ...composing(update),
    ...posting(boot, store, socket),
    ...reacting(store, socket),
    ...scrolling(boot, store),
    ...createModerating(boot, store, socket),
    reconnect() {
      if (isOutdated(store.getState().connection.closeCode)) window.location.reload();
      else socket.start();
    },
  };
}

function composing(update: Update) {
  return {
    setDraft: (text: string) =>
      update(({ composer }) => ({ composer: { ...composer, text: oneLine(text) } })),
    reply: (comment: Comment) =>
      update(({ composer }) => ({ composer: startReply(composer, comment) })),
    cancelReply: () => update(({ composer }) => ({ composer: { ...composer, replyTo: null } })),
    focusComposer: () => update(({ composer }) => ({ composer: bringBack(composer, "") })),
  };
}

function quoteOf(comment: Comment | null): Quote | null {
  return comment && { id: comment.id, name: comment.user.name, text: comment.text };
}

/** A post of what the composer holds, as its author sees it at once. */
function draftPost(boot: Boot, state: ViewerState): OutgoingPost {
  const { you } = state.room;
  const id = you?.id ?? String(boot.user?.id ?? "");
  const name = you?.name ?? boot.user?.name ?? "";
  return {
    state: "sending",
    nonce: crypto.randomUUID(),
    text: cleaned(state.composer.text),
    reply: quoteOf(state.composer.replyTo),
    user: { id, name, role: you?.role ?? "viewer" },
    at: Date.now() + state.connection.skewMs,
  };
}

function posting(boot: Boot, store: ViewerStore, socket: RoomSocket) {
  const send = (post: OutgoingPost) => {
    store.setState(({ outbox }) => ({
      outbox: putPost(outbox, { ...baseOf(post), state: "sending" }),
    }));
    socket.post({ nonce: post.nonce, text: post.text, replyTo: post.reply?.id ?? null });
  };
  const take = (nonce: string): OutgoingPost | undefined => {
    const post = findPost(store.getState().outbox, (other) => other.nonce === nonce);
    store.setState(({ outbox }) => ({ outbox: dropPost(outbox, nonce) }));
    return post;
  };
  return {
    submit() {
      const post = draftPost(boot, store.getState());
      if (post.text === "") return;
      send(post);
      store.setState(({ comments, composer }) => ({
        comments: follow(comments),
        composer: { ...emptyComposer, focusRequests: composer.focusRequests },
      }));
    },
    retryPost(nonce: string) {
      const post = take(nonce);
      if (post === undefined) return;
      // What was refused is a new try; what was never answered must stay recognisable.
      send(post.state === "unconfirmed" ? post : { ...post, nonce: crypto.randomUUID() });
    },
    editPost(nonce: string) {
      const text = take(nonce)?.text ?? "";
      store.setState(({ composer }) => ({ composer: bringBack(composer, text) }));
    },
    dismissPost: (nonce: string) => void take(nonce),
    copyPost(nonce: string) {
      const post = findPost(store.getState().outbox, (other) => other.nonce === nonce);
      if (post) void navigator.clipboard.writeText(post.text);
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
      store.setState(({ reactions }) => ({ reactions: pressReaction(reactions, kind) }));
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
    loadOlder: () => readBack(boot, store),
  };
}
