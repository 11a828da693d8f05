import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { Session } from "../session";
import type { ViewerState } from "../store";

export type RoomContextValue = Pick<Session, "boot" | "store" | "actions">;

export const RoomContext = createContext<RoomContextValue | null>(null);

/** The room this component stands in: its boot data and what may be done there. */
export function useSession(): RoomContextValue {
  const session = useContext(RoomContext);
  if (session === null) throw new Error("outside of a room");
  return session;
}

/** A part of the room's state; `selector` is a constant of store/selectors.ts. */
export function useRoom<T>(selector: (state: ViewerState) => T): T {
  return useStore(useSession().store, selector);
}
