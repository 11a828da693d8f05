import { type RefObject, useEffect, useState } from "react";

export type PlaybackState = "loading" | "playing" | "failed";

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
    video.addEventListener("playing", () => setState("playing"), { signal: stop.signal });
    if (!isHls(url) || video.canPlayType(HLS_TYPE) !== "") {
      video.addEventListener("error", fail, { signal: stop.signal });
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
