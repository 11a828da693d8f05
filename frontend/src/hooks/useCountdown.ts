import { useEffect, useState } from "react";

/** Whole seconds until a moment of the local clock; 0 when it is past. */
export function secondsUntil(until: number): number {
  return Math.max(0, Math.ceil((until - Date.now()) / 1_000));
}

/** Whole seconds until a moment of the local clock, counting down; 0 when it is past or null. */
export function useCountdown(until: number | null): number {
  const [seconds, setSeconds] = useState(() => secondsUntil(until ?? 0));
  useEffect(() => {
    const tick = () => {
      const left = secondsUntil(until ?? 0);
      setSeconds(left);
      if (left === 0) window.clearInterval(timer);
    };
    const timer = window.setInterval(tick, 250);
    tick();
    return () => window.clearInterval(timer);
  }, [until]);
  return seconds;
}

/** The local clock, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
