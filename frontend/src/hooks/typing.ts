import { useEffect } from "react";

/** So long after its field went away somebody may still be typing into it. */
const STRAY_MS = 1_500;
/** A field that goes so soon after Enter, Esc or a press was sent or closed by whoever typed in it. */
const OWN_MS = 300;

/** True where letters are typed, or choose among options. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}

let strayUntil = 0;
let stray: Event | null = null;

/** True for a key that was meant for a field that has just gone: it is nobody's command. */
export function isStray(event: Event): boolean {
  return event === stray;
}

function isText({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return !ctrlKey && !metaKey && !altKey && (key.length === 1 || key === "Backspace");
}

function watchFields(): AbortController {
  const stop = new AbortController();
  const listen = { capture: true, signal: stop.signal };
  let field: HTMLElement | null = null;
  let endedAt = -Infinity;
  const watching = new MutationObserver(() => {
    if (field === null || field.isConnected) return;
    const now = performance.now();
    if (now - endedAt > OWN_MS) strayUntil = now + STRAY_MS;
    forget();
  });
  const forget = () => {
    field = null;
    watching.disconnect();
  };
  const onFocus = ({ target }: FocusEvent) => {
    if (!isTyping(target)) return;
    field = target as HTMLElement;
    watching.observe(document, { childList: true, subtree: true });
  };
  // What goes away with the focus may lose it first, while it still stands there.
  const onBlur = ({ target }: FocusEvent) =>
    queueMicrotask(() => {
      if (field === target && field?.isConnected) forget();
    });
  const onEnd = () => {
    endedAt = performance.now();
  };
  const onKey = (event: KeyboardEvent) => {
    const now = performance.now();
    if (event.key === "Enter" || event.key === "Escape") onEnd();
    stray = null;
    if (now >= strayUntil || isTyping(event.target) || !isText(event)) return;
    stray = event;
    strayUntil = now + STRAY_MS;
  };
  document.addEventListener("focusin", onFocus, listen);
  document.addEventListener("focusout", onBlur, listen);
  document.addEventListener("pointerdown", onEnd, listen);
  // Before anybody else hears of the key.
  window.addEventListener("keydown", onKey, listen);
  stop.signal.addEventListener("abort", () => {
    forget();
    strayUntil = 0;
  });
  return stop;
}

/** One watch over the fields of the page, for all who ask. */
let watch: AbortController | null = null;
let watchers = 0;

/**
 * When a field goes away from under somebody who types in it (the stream ends, the room is closed),
 * the rest of the sentence must not be taken for commands: from here on `isStray` tells its keys.
 */
export function useStrayKeys(): void {
  useEffect(() => {
    watchers += 1;
    watch ??= watchFields();
    return () => {
      watchers -= 1;
      if (watchers > 0) return;
      watch?.abort();
      watch = null;
    };
  }, []);
}
