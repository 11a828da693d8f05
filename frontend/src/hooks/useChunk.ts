import { useEffect, useState } from "react";

const RETRY_MS = 3_000;

/**
 * A hook that fetches a part of the page when it is first wanted, and is null until it is there.
 * What cannot be fetched is tried again; the page goes on without it.
 */
export function chunkHook<T extends object>(fetchChunk: () => Promise<T>) {
  let loaded: T | null = null;
  return function useChunk(isWanted: boolean): T | null {
    const [chunk, setChunk] = useState(loaded);
    useEffect(() => {
      if (!isWanted || chunk !== null) return;
      let isGone = false;
      let timer = 0;
      const load = () => {
        fetchChunk().then(
          (module) => {
            loaded = module;
            if (!isGone) setChunk(module);
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
    }, [isWanted, chunk]);
    return chunk;
  };
}
