import type { Boot } from "./boot";
import type { ViewerStore } from "./store";
import type { ComposerState } from "./store/composer";

type Draft = Pick<ComposerState, "text" | "replyTo">;

function isReplyTarget(value: unknown): value is ComposerState["replyTo"] {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  const { id, name } = value as Record<string, unknown>;
  return typeof id === "string" && typeof name === "string";
}

function parsed(kept: string | null): Draft | null {
  if (kept === null) return null;
  try {
    const { text, replyTo } = JSON.parse(kept) as Record<string, unknown>;
    return typeof text === "string" && isReplyTarget(replyTo) ? { text, replyTo } : null;
  } catch {
    return null;
  }
}

/**
 * Keeps what somebody has begun to say in this stream, and what it answers. Each window has its own,
 * over a reload; a new window, or the same person another day, goes on with what was typed last.
 * Storage may be switched off or full: then the draft lives in the page alone.
 */
export function keepDraft(store: ViewerStore, boot: Boot): () => void {
  if (boot.user === null) return () => undefined;
  const name = `draft:${boot.slug}:${boot.user.id}`;
  const kept = read(name);
  if (kept !== null) store.setState(({ composer }) => ({ composer: { ...composer, ...kept } }));
  let { composer: saved } = store.getState();
  let written = JSON.stringify({ text: saved.text, replyTo: saved.replyTo });
  return store.subscribe(({ composer }) => {
    if (composer.text === saved.text && composer.replyTo === saved.replyTo) return;
    saved = composer;
    const { text, replyTo } = composer;
    const draft = JSON.stringify({ text, replyTo });
    write(name, draft, written, text === "" && replyTo === null);
    written = draft;
  });
}

function read(name: string): Draft | null {
  try {
    return parsed(window.sessionStorage.getItem(name)) ?? parsed(window.localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name: string, draft: string, before: string, isEmpty: boolean): void {
  try {
    // An empty draft is kept for this window too: what another has begun must not come up here.
    window.sessionStorage.setItem(name, draft);
    if (!isEmpty) window.localStorage.setItem(name, draft);
    // What another window has typed since is not this one's to throw away.
    else if (window.localStorage.getItem(name) === before) window.localStorage.removeItem(name);
  } catch {
    // full or switched off
  }
}
