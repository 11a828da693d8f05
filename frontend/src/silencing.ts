import type { ViewerStore } from "./store";
import { type CommentsState, setSilenced } from "./store/comments";

/** Whom this reader does not want to see: kept on the device, known to nobody else. */

interface Known {
  id: string;
  name: string;
}

export interface SilencingActions {
  /** Shows nothing more of a person in this stream. */
  mute(user: Known): void;
  unmute(userId: string): void;
  /** Shows nothing more of a person in any stream. */
  block(user: Known): void;
  unblock(userId: string): void;
}

type Kind = "muted" | "blocked";
type People = CommentsState[Kind];

const nameOf = (kind: Kind, slug: string) => (kind === "muted" ? `muted:${slug}` : "blocked");

function isKnown(value: unknown): value is [id: string, name: string] {
  return Array.isArray(value) && value.length === 2 && value.every((it) => typeof it === "string");
}

/** Those who were silenced before. Storage may be switched off, or hold something else: then nobody. */
function stored(name: string): People {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(name) ?? "[]");
    return new Map(Array.isArray(kept) ? kept.filter(isKnown) : []);
  } catch {
    return new Map();
  }
}

function set(store: ViewerStore, kind: Kind, people: People): void {
  store.setState(({ comments }) => ({ comments: setSilenced(comments, { [kind]: people }) }));
}

/** Takes over what is kept on the device, and what other tabs change of it from now on. */
export function keepSilenced(store: ViewerStore, slug: string): () => void {
  const read = (kind: Kind) => set(store, kind, stored(nameOf(kind, slug)));
  read("muted");
  read("blocked");
  const onStorage = ({ key }: StorageEvent) => {
    // null: everything was cleared.
    for (const kind of ["muted", "blocked"] as const) {
      if (key === null || key === nameOf(kind, slug)) read(kind);
    }
  };
  window.addEventListener("storage", onStorage);
  return () => window.removeEventListener("storage", onStorage);
}

export function silencing(slug: string, store: ViewerStore): SilencingActions {
  const change = (kind: Kind, edit: (people: Map<string, string>) => void) => {
    const people = new Map(store.getState().comments[kind]);
    edit(people);
    set(store, kind, people);
    try {
      window.localStorage.setItem(nameOf(kind, slug), JSON.stringify([...people]));
    } catch {
      // it holds for this visit only
    }
  };
  const silence = (kind: Kind) => (user: Known) => {
    change(kind, (people) => people.set(user.id, user.name));
  };
  const hear = (kind: Kind) => (userId: string) => {
    change(kind, (people) => people.delete(userId));
  };
  return {
    mute: silence("muted"),
    unmute: hear("muted"),
    block: silence("blocked"),
    unblock: hear("blocked"),
  };
}
