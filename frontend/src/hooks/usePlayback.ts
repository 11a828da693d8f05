import { type RefObject, useEffect, useState } from "react";

/** `loading` also while it waits for more; `ready` when there is a picture, moving or not. */
export type PlaybackState = "loading" | "ready" | "failed";

const HLS_TYPE = "application/vnd.apple.mpegurl";
/** How often a lost stream is looked for again. */
const RETRY_MS = 5_000;

function isHls(url: string): boolean {
  return /\.m3u8($|[?#])/u.test(url);
}

/** Attaches hls.js, which is loaded here and nowhere else. Returns the way to detach it. */
async function attachHls(
  video: HTMLVideoElement,
  url: string,
  onFatal: () => void,
): Promise<() => void> {
  const { default: Hls } = await import("hls.js/light");
  if (!Hls.isSupported()) {
    onFatal();
    return () => undefined;
  }
  const hls = new Hls({ liveDurationInfinity: true });
  hls.on(Hls.Events.ERROR, (_, data) => {
    if (data.fatal) onFatal();
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return () => hls.destroy();
}

/** Plays an address in a video element, natively where the browser can, and tries again on loss. */
export function usePlayback(ref: RefObject<HTMLVideoElement | null>, url: string): PlaybackState {
  const [state, setState] = useState<PlaybackState>("loading");
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const video = ref.current;
    if (video === null) return;
    let isGone = false;
    let retry = 0;
    let detach: () => void = () => undefined;
    const stop = new AbortController();
    const fail = () => {
      if (isGone) return;
      setState("failed");
      window.clearTimeout(retry);
      retry = window.setTimeout(() => setAttempt((tries) => tries + 1), RETRY_MS);
    };
    const { signal } = stop;
    for (const news of ["loadeddata", "playing", "canplay"]) {
      video.addEventListener(news, () => setState("ready"), { signal });
    }
    // Not once it has failed: that is said until there is a picture again.
    const wait = () => setState((before) => (before === "failed" ? before : "loading"));
    video.addEventListener("waiting", wait, { signal });
    if (!isHls(url) || video.canPlayType(HLS_TYPE) !== "") {
      video.addEventListener("error", fail, { signal });
      video.src = url;
    } else {
      attachHls(video, url, fail).then((undo) => {
        if (isGone) undo();
        else detach = undo;
      }, fail);
    }
    // Refused by browsers that want a tap first: the controls are there for that.
    video.play().catch(() => undefined);
    return () => {
      isGone = true;
      window.clearTimeout(retry);
      stop.abort();
      detach();
      video.removeAttribute("src");
      video.load();
    };
  }, [ref, url, attempt]);

  return state;
}
