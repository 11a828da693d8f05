import { describe, expect, test } from "vitest";
import { apply } from "./apply";
import type { ServerMessage, Welcome } from "live-comments-client";
import { createViewerStore, type ViewerState } from "./store";

/**
 * A transcript is a welcome, what followed it, and the welcome that a newcomer gets afterwards.
 * Whoever was there all along must see the same room as the newcomer.
 */
interface Transcript {
  snapshot: Welcome;
  messages: ServerMessage[];
  expected: Welcome;
}

const transcripts = import.meta.glob<Transcript>("./transcripts/*.json", {
  eager: true,
  import: "default",
});

function after(messages: ServerMessage[]): ViewerState {
  const start = createViewerStore().getState();
  return messages.reduce((state, message) => apply(state, message, 0), start);
}

/** What of a page can be compared: a newcomer has only the recent comments, and no tombstones. */
function seen(state: ViewerState, recent: number) {
  const shown = state.comments.entries.flatMap((e) => (e.kind === "comment" ? [e.comment] : []));
  return {
    comments: recent === 0 ? [] : shown.slice(-recent),
    held: state.comments.held,
    room: state.room.room,
    viewers: state.room.viewers,
    totals: state.reactions.totals,
  };
}

describe("a page that was there all along and a newcomer's see the same", () => {
  test.each(Object.entries(transcripts))("%s", (_, { snapshot, messages, expected }) => {
    const recent = expected.recent?.length ?? 0;
    expect(seen(after([snapshot, ...messages]), recent)).toEqual(seen(after([expected]), recent));
  });
});
