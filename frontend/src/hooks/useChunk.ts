import { useEffect, useState } from "react";

const RETRY_MS = 3_000;

const lostStyles: HTMLLinkElement[] = [];
let isListening = false;
let restyled: Promise<unknown> = Promise.resolve();

function fetchAnew(link: HTMLLinkElement): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const next = link.cloneNode() as HTMLLinkElement;
    next.addEventListener("load", resolve);
    next.addEventListener("error", () => reject(new Error(`no styles: ${next.href}`)));
    link.replaceWith(next);
  });
}

/**
 * Fetches the style sheets that were lost before. Browsers do so for a script that is imported again;
 * the bundler asks for each style sheet once and from then on takes it for one that is there.
 */
function fetchLostStyles(): Promise<unknown> {
  if (!isListening) {
    isListening = true;
    const onError = ({ target }: Event) => {
      if (target instanceof HTMLLinkElement && target.rel === "stylesheet") lostStyles.push(target);
    };
    document.addEventListener("error", onError, { capture: true }); // it does not bubble
  }
  if (lostStyles.length > 0) restyled = Promise.all(lostStyles.splice(0).map(fetchAnew));
  return restyled;
}

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
        fetchLostStyles()
          .then(fetchChunk)
          .then(
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
