/** How often the clock is looked at, and how late that may come before it means that all slept. */
const LOOK_MS = 5_000;
const LATE_MS = 10_000;

/**
 * Calls when things may have changed unseen: the network went or is back, someone looks at the page
 * again, the page came out of the browser's store, or the whole machine slept. Returns the way to end
 * it.
 */
export function onWake(wake: () => void): () => void {
  let looked = Date.now();
  const stop = new AbortController();
  const { signal } = stop;
  const look = () => {
    const now = Date.now();
    if (now - looked > LOOK_MS + LATE_MS && document.visibilityState === "visible") wake();
    looked = now;
  };
  const timer = window.setInterval(look, LOOK_MS);
  const seen = () => {
    if (document.visibilityState === "visible") wake();
  };
  window.addEventListener("online", seen, { signal });
  window.addEventListener("offline", seen, { signal });
  window.addEventListener("pageshow", (event) => event.persisted && seen(), { signal });
  document.addEventListener("visibilitychange", seen, { signal });
  return () => {
    window.clearInterval(timer);
    stop.abort();
  };
}
