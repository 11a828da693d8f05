import { fetchReports, fetchSanctions } from "../api";
import type { Session } from "../session";
import { addReports, setSanctions } from "../store/moderation";

/** The archive has a sanction a moment after the room does; by then it also knows the names. */
const ARCHIVED_AFTER_MS = 3_000;
const RETRY_MS = 15_000;

/** Keeps the list of who is timed out or banned: read at the start, and after each change. */
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
    if (moderation.sanctioned === before.moderation.sanctioned || isReading) return;
    readLater(ARCHIVED_AFTER_MS);
  });
  void read();
}

/** Reads what was reported before the desk was opened; the rest comes with the frames. */
export function readReports({ boot, store }: Pick<Session, "boot" | "store">): void {
  fetchReports(boot).then(
    (list) => {
      store.setState(({ moderation }) => ({ moderation: addReports(moderation, list) }));
    },
    () => window.setTimeout(() => readReports({ boot, store }), RETRY_MS),
  );
}
