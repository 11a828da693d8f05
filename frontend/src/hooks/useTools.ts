import { useEffect, useState } from "react";

type Tools = typeof import("../tools");

const RETRY_MS = 3_000;

let loaded: Tools | null = null;

/**
 * Menus and everything of moderators, which most readers never open: fetched when first wanted.
 * What cannot be fetched is tried again; the page goes on without it.
 */
export function useTools(isWanted: boolean): Tools | null {
  const [tools, setTools] = useState(loaded);
  useEffect(() => {
    if (!isWanted || tools !== null) return;
    let isGone = false;
    let timer = 0;
    const load = () => {
      import("../tools").then(
        (module) => {
          loaded = module;
          if (!isGone) setTools(module);
        },
        () => {
          if (!isGone) timer = window.setTimeout(load, RETRY_MS);
        },
      );
    };
    load();
    return () => {
      isGone = true;
      window.clearTimeout(timer);
    };
  }, [isWanted, tools]);
  return tools;
}
