import { freshNonce } from "./nonce";
import type { Boot } from "./boot";
import type { Comment, Quote, RoomSocket } from "live-comments-client";
import type { ViewerState, ViewerStore } from "./store";
import { findComment } from "./store/comments";
import { askForFocus, bringBack, emptyComposer, startReply } from "./store/composer";
import { baseOf, dropPost, findPost, knownUntil, type OutgoingPost, putPost } from "./store/outbox";
import { follow } from "./store/reading";
import { cleaned, oneLine } from "./text";

/** What one may do in the composer, and about comments that are not in the room yet. */
export interface PostingActions {
  setDraft(text: string): void;
  reply(comment: Comment): void;
  cancelReply(): void;
  focusComposer(): void;
  /** Sends what the composer holds and empties it. */
  submit(): void;
  retryPost(nonce: string): void;
  editPost(nonce: string): void;
  dismissPost(nonce: string): void;
  /** False when the browser would not take it. */
  copyPost(nonce: string): Promise<boolean>;
}

export function createPosting(boot: Boot, store: ViewerStore, socket: RoomSocket): PostingActions {
  return { ...composing(store), ...sending(boot, store, socket) };
}

function composing(store: ViewerStore) {
  const update = (change: (composer: ViewerState["composer"]) => ViewerState["composer"]) =>
    store.setState(({ composer }) => ({ composer: change(composer) }));
  return {
    setDraft: (text: string) => update((composer) => ({ ...composer, text: oneLine(text) })),
    reply: ({ id, user }: Comment) =>
      update((composer) => startReply(composer, { id, name: user.name })),
    cancelReply: () => update((composer) => ({ ...composer, replyTo: null })),
    focusComposer: () => update(askForFocus),
  };
}

function replyOf({ composer, comments }: ViewerState): Quote | null {
  const { replyTo } = composer;
  return replyTo && { ...replyTo, text: findComment(comments, replyTo.id)?.text ?? "" };
}

/** A post of what the composer holds, as its author sees it at once. */
function draftPost(boot: Boot, state: ViewerState): OutgoingPost {
  const { you } = state.room;
  const id = you?.id ?? String(boot.user?.id ?? "");
  const name = you?.name ?? boot.user?.name ?? "";
  return {
    state: "sending",
    nonce: freshNonce(),
    text: cleaned(state.composer.text),
    reply: replyOf(state),
    user: { id, name, role: you?.role ?? "viewer" },
    at: Date.now() + state.connection.skewMs,
    writtenAt: Date.now(),
  };
}

function sending(boot: Boot, store: ViewerStore, socket: RoomSocket) {
  const find = (nonce: string) =>
    findPost(store.getState().outbox, (other) => other.nonce === nonce);
  const drop = (nonce: string) =>
    store.setState(({ outbox }) => ({ outbox: dropPost(outbox, nonce) }));
  const send = (post: OutgoingPost) => {
    store.setState(({ outbox }) => ({
      outbox: putPost(outbox, { ...baseOf(post), state: "sending" }),
    }));
    const { nonce, text, reply, writtenAt } = post;
    socket.post({ nonce, text, replyTo: reply?.id ?? null, writtenAt });
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
      const post = find(nonce);
      if (post === undefined) return;
      if (post.state !== "refused") {
        // What was never answered must stay recognisable, and is not sent again when it is not.
        if (knownUntil(post) > Date.now()) send(post);
        return;
      }
      // Nothing is kept of a refused nonce, so the row may keep it, and with it its place. Only a
      // nonce that stands for another text may not.
      const isSpent = post.code === "nonce_reused";
      if (isSpent) drop(nonce);
      send({ ...post, writtenAt: Date.now(), ...(isSpent && { nonce: freshNonce() }) });
    },
    editPost(nonce: string) {
      const post = find(nonce);
      if (post === undefined) return;
      drop(nonce);
      store.setState(({ composer }) => ({ composer: bringBack(composer, post) }));
    },
    dismissPost: drop,
    async copyPost(nonce: string) {
      try {
        await navigator.clipboard.writeText(find(nonce)?.text ?? "");
        return true;
      } catch {
        return false; // not allowed, or not a secure page
      }
    },
  };
}
