import { useCallback, useSyncExternalStore } from "react";

export const WIDE =
  "(min-width: 900px), (min-width: 600px) and (orientation: landscape) and (max-height: 520px)";
/** Where the site's bar and the chat's head make room: a phone, upright or on its side. */
export const PHONE =
  "(max-width: 899px) and (orientation: portrait), (max-width: 599px), (max-height: 520px)";
export const REDUCED_MOTION = "(prefers-reduced-motion: reduce)";

export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}
