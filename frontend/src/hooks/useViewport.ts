import { useEffect } from "react";

/**
 * Keeps `--viewport-height` at what is really visible. Browsers that lay their keyboard over the
 * page would otherwise hide the composer; the others report the same height as 100dvh.
 */
export function useViewport(): void {
  useEffect(() => {
    const { visualViewport } = window;
    if (!visualViewport) return;
    const root = document.documentElement;
    const measure = () => {
      // Pinch zoom shrinks the visible part too, but must not shrink the page.
      if (visualViewport.scale > 1.01) return;
      root.style.setProperty("--viewport-height", `${Math.round(visualViewport.height)}px`);
      window.scrollTo(0, 0);
    };
    measure();
    visualViewport.addEventListener("resize", measure);
    return () => {
      visualViewport.removeEventListener("resize", measure);
      root.style.removeProperty("--viewport-height");
    };
  }, []);
}
