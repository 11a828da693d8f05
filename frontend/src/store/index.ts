import { createStore, type StoreApi } from "zustand/vanilla";
import { type CommentsState, emptyComments } from "./comments";
import { type ComposerState, emptyComposer } from "./composer";
import { type ConnectionState, emptyConnection } from "./connection";
import { type DeedsState, emptyDeeds } from "./deeds";
import { emptyMenu, type MenuState } from "./menu";
import { emptyModeration, type ModerationState } from "./moderation";
import { emptyNotices, type NoticesState } from "./notices";
import { emptyOutbox, type OutboxState } from "./outbox";
import { emptyPace, type PaceState } from "./pace";
import { emptyReactions, type ReactionsState } from "./reactions";
import { emptyRoom, type RoomState } from "./room";

/** Everything the page shows of one room. Each slice is replaced, never changed in place. */
export interface ViewerState {
  connection: ConnectionState;
  room: RoomState;
  comments: CommentsState;
  outbox: OutboxState;
  composer: ComposerState;
  reactions: ReactionsState;
  pace: PaceState;
  deeds: DeedsState;
  menu: MenuState;
  moderation: ModerationState;
  notices: NoticesState;
}

export type ViewerStore = StoreApi<ViewerState>;

/** A store of its own for each widget and each test. */
export function createViewerStore(initial: Partial<ViewerState> = {}): ViewerStore {
  return createStore<ViewerState>(() => ({
    connection: emptyConnection,
    room: emptyRoom,
    comments: emptyComments,
    outbox: emptyOutbox,
    composer: emptyComposer,
    reactions: emptyReactions,
    pace: emptyPace,
    deeds: emptyDeeds,
    menu: emptyMenu,
    moderation: emptyModeration,
    notices: emptyNotices,
    ...initial,
  }));
}
