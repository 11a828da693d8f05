import { useStore } from "zustand";
import { passing, shape } from "../settings/shape";
import { type Settings, settings } from "../settings/settings";
import { REDUCED_MOTION, useMediaQuery } from "./useMediaQuery";

/** What was chosen on this device. */
export function useSetting<Name extends keyof Settings>(name: Name): Settings[Name] {
  return useStore(settings.store, (chosen) => chosen[name]);
}

/** True when the system or the reader asks for less motion. */
export function useReducedMotion(): boolean {
  const isAsked = useMediaQuery(REDUCED_MOTION);
  return useSetting("motion") === "reduced" || isAsked;
}

export interface Shape {
  /** The video takes all beside the chat: in the window, or on the whole screen. */
  isTheatre: boolean;
  isFull: boolean;
  isChatShown: boolean;
  isPoppedOut: boolean;
}

/** How the page is laid out at this moment. */
export function useShape(): Shape {
  const { stage, chat } = useStore(shape.store);
  const { isFull, isPoppedOut } = useStore(passing);
  return {
    isTheatre: stage === "theatre" || isFull,
    isFull,
    isChatShown: chat === "shown",
    isPoppedOut,
  };
}
