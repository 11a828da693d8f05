import { createActions, type RoomActions } from "./actions";
import { fetchTicket } from "./api";
import { apply } from "./apply";
import { type Boot, socketUrl } from "./boot";
import { RoomSocket, type ServerMessage, systemClock } from "live-comments-client";
import { keepDraft } from "./drafts";
import { fillUp } from "./history";
import { endHeldPosts } from "./heldPosts";
import { keepDeeds } from "./keptDeeds";
import { keepSilenced } from "./silencing";
import { createViewerStore, type ViewerStore } from "./store";
import { changeDeed, findDeed } from "./store/deeds";
import { baseOf, findPost, putPost } from "./store/outbox";
import { suspended } from "./store/room";
import { keepUnsent } from "./unsent";
import { onWake } from "./waking";

export interface Session {
  boot: Boot;
  store: ViewerStore;
  actions: RoomActions;
  stop(): void;
}

/** A hidden page gets no animation frames; this bounds how long messages may wait for one. */
const HIDDEN_FLUSH_MS = 500;

/** Runs `flush` once at the next animation frame, or soon when there are none. */
export function oncePerFrame(flush: () => void): () => void {
  let frame = 0;
  let timer = 0;
  const run = () => {
    window.cancelAnimationFrame(frame);
    window.clearTimeout(timer);
    frame = timer = 0;
    flush();
  };
  return () => {
    if (timer !== 0) return;
    frame = window.requestAnimationFrame(run);
    timer = window.setTimeout(run, HIDDEN_FLUSH_MS);
  };
}

/** Carries the socket's news into the store, one update per animation frame. */
export function connectStore(
  store: ViewerStore,
  socket: RoomSocket,
  onFreshStart: () => void,
): void {
  let news: ServerMessage[] = [];
  const flush = oncePerFrame(() => {
    const messages = news;
    news = [];
    const now = Date.now();
    store.setState((state) => messages.reduce((next, message) => apply(next, message, now), state));
    if (messages.some((message) => message.type === "welcome" && !message.resumed)) onFreshStart();
  });
  socket.onMessage((message) => {
    news.push(message);
    flush();
  });
  socket.onStatus(({ state: link, closeCode, retryAt }) => {
    store.setState(({ connection }) => ({
      connection: { ...connection, link, closeCode, retryAt },
    }));
  });
  socket.onSignedOut(() => {
    store.setState(({ room }) => ({ room: { ...room, you: null, isSignedOut: true } }));
  });
  socket.onGaveUp((nonce) => {
    store.setState(({ outbox }) => {
      const post = findPost(outbox, (other) => other.nonce === nonce);
      if (post?.state !== "sending") return {};
      return { outbox: putPost(outbox, { ...baseOf(post), state: "unconfirmed" }) };
    });
  });
}

/** An action without an answer is shown as such. */
function markLostActs(store: ViewerStore, socket: RoomSocket): void {
  socket.onActLost((ref) => {
    store.setState(({ deeds }) => {
      if (findDeed(deeds, ref)?.state !== "pending") return {};
      return { deeds: changeDeed(deeds, ref, { state: "unconfirmed" }) };
    });
  });
}

/** Joins the room of this page. */
export function startSession(boot: Boot): Session {
  const store = createViewerStore();
  store.setState(({ room }) => ({
    room: {
      ...room,
      room: { ...room.room, status: boot.status },
      sanction: boot.suspension ? suspended(boot.suspension.until, boot.suspension.reason) : null,
      joinedAt: boot.user?.joined_at ?? null,
    },
  }));
  const socket = new RoomSocket({
    url: socketUrl(window.location, boot.ws_path),
    stream: boot.slug,
    connect: (url) => new WebSocket(url),
    fetchTicket: boot.user === null ? null : () => fetchTicket(boot),
    clock: systemClock,
  });
  connectStore(store, socket, () => fillUp(boot, store));
  markLostActs(store, socket);
  const forgetDraft = keepDraft(store, boot);
  const forgetUnsent = keepUnsent(store, socket, boot);
  const forgetDeeds = keepDeeds(store, boot);
  const forgetSilenced = keepSilenced(store, boot.slug);
  const stopEndingHolds = endHeldPosts(store);
  const stopWatching = onWake(() => socket.wake());
  socket.start();
  return {
    boot,
    store,
    actions: createActions(boot, store, socket),
    stop: () => {
      stopWatching();
      stopEndingHolds();
      forgetDraft();
      forgetUnsent();
      forgetDeeds();
      forgetSilenced();
      socket.stop();
    },
  };
}
