import { formatOffset } from "./format";
import { s } from "./strings";

/** A wait in the words of a button, rounded up: "12 s", "4 min", "3 h", "2 days". */
export function formatWait(seconds: number, words = s.wait): string {
  if (seconds <= 90) return words.seconds(seconds);
  if (seconds <= 90 * 60) return words.minutes(Math.ceil(seconds / 60));
  if (seconds <= 36 * 3_600) return words.hours(Math.ceil(seconds / 3_600));
  return words.days(Math.ceil(seconds / 86_400));
}

/** What is left of a time that is counted down: a clock, and words while it is long. */
export function formatRemaining(seconds: number): string {
  return seconds < 3_600 ? formatOffset(seconds) : formatWait(seconds);
}
