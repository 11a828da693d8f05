import { fetchReports, fetchSanctions } from "../api";
import type { Session } from "../session";
import { isHidden } from "../store/comments";
import { type Reported, renewReports, setSanctions } from "../store/moderation";

/** The archive has a sanction a moment after the room does; by then it also knows the names. */
const ARCHIVED_AFTER_MS = 3_000;
const RETRY_MS = 15_000;
/** So many reported comments the archive lists at most. */
const REPORTS_LISTED = 100;

/**
 * Keeps the list of who is timed out or banned: read at the start, after each change, and when the
 * room has begun afresh, as changes in between were missed.
 */
export function followSanctions({ boot, store }: Pick<Session, "boot" | "store">): void {
  let timer = 0;
  let isReading = false;
  const readLater = (ms: number) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void read(), ms);
  };
  const read = async () => {
    try {
      const list = await fetchSanctions(boot);
      isReading = true;
      store.setState(({ moderation }) => ({ moderation: setSanctions(moderation, list) }));
    } catch {
      readLater(RETRY_MS); // what the frames tell is shown meanwhile
    } finally {
      isReading = false;
    }
  };
  store.subscribe(({ moderation }, before) => {
    const { sanctioned, freshStarts } = before.moderation;
    const isAfresh = moderation.freshStarts !== freshStarts;
    const isChanged = moderation.sanctioned !== sanctioned && !isReading;
    if (isAfresh || isChanged) readLater(ARCHIVED_AFTER_MS);
  });
  void read();
}

/** Keeps the list of what is reported: read at the start, and when the room has begun afresh. */
export function followReports({ boot, store }: Pick<Session, "boot" | "store">): void {
  let timer = 0;
  let reads = 0;
  /** What stood here before the room began afresh, and what the archive has told since. */
  let known: ReadonlyMap<string, Reported> = new Map();
  const readLater = (ms: number) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void read(), ms);
  };
  const read = async () => {
    reads += 1;
    const number = reads;
    try {
      const list = await fetchReports(boot);
      if (number !== reads) return; // a later one knows more
      store.setState(({ comments, moderation }) => {
        const shown = list.filter(({ comment }) => !isHidden(comments, comment));
        return {
          moderation: renewReports(moderation, shown, known, list.length < REPORTS_LISTED),
        };
      });
      known = new Map([...known, ...list.map((entry) => [entry.comment.id, entry] as const)]);
    } catch {
      if (number === reads) readLater(RETRY_MS); // what the frames tell is shown meanwhile
    }
  };
  store.subscribe(({ moderation }, before) => {
    if (moderation.freshStarts === before.moderation.freshStarts) return;
    known = moderation.reported;
    readLater(ARCHIVED_AFTER_MS);
  });
  void read();
}
