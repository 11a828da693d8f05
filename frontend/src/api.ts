import { type Boot, readBoot } from "./boot";
import type { Comment, SanctionKind, Ticket, TicketAnswer } from "live-comments-client";
import type { Reported, Sanctioned } from "./store/moderation";

const HISTORY_PAGE = 100;

function askForTicket({ ticket_url: url, csrf_token: token }: Boot): Promise<Response> {
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  return fetch(url, { method: "POST", credentials: "same-origin", headers });
}

/** The page as the server would write it now. */
async function fetchBoot(): Promise<Boot> {
  const response = await fetch(window.location.href, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`page: ${response.status}`);
  return readBoot(new DOMParser().parseFromString(await response.text(), "text/html"));
}

/** Asks the page's server for a ticket; rejects when it cannot say. */
export async function fetchTicket(boot: Boot): Promise<TicketAnswer> {
  let response = await askForTicket(boot);
  if (response.status === 403) {
    // Signing in, in another tab, makes the page's token invalid; scripts may not read the cookie.
    const fresh = await fetchBoot();
    if (fresh.user?.id !== boot.user?.id) return { kind: "signed_out" };
    boot.csrf_token = fresh.csrf_token;
    response = await askForTicket(boot);
  }
  if (response.status === 401) return { kind: "signed_out" };
  if (!response.ok) throw new Error(`ticket: ${response.status}`);
  const { ticket, expires_at: expiresAt } = (await response.json()) as Ticket;
  return { kind: "ticket", ticket, expiresAt };
}

export interface HistoryPage {
  comments: Comment[];
  hasOlder: boolean;
  hasNewer: boolean;
}

/** The page of comments just before or after an id; without one, the newest. */
export async function fetchHistory(
  boot: Boot,
  place: { before?: string; after?: string },
): Promise<HistoryPage> {
  const url = new URL(boot.comments_url, window.location.href);
  if (place.before !== undefined) url.searchParams.set("before", place.before);
  if (place.after !== undefined) url.searchParams.set("after", place.after);
  url.searchParams.set("limit", String(HISTORY_PAGE));
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`comments: ${response.status}`);
  const page = (await response.json()) as {
    results: Comment[];
    previous: string | null;
    next: string | null;
  };
  return {
    comments: page.results,
    hasOlder: page.previous !== null,
    hasNewer: page.next !== null,
  };
}

interface SanctionRow {
  user: { id: string; name: string };
  kind: SanctionKind;
  until: number | null;
  reason: string;
}

/** Who is timed out or banned, the latest last. For staff, on the desk. */
export async function fetchSanctions(boot: Boot): Promise<Sanctioned[]> {
  if (boot.sanctions_url === undefined) return [];
  const headers = { Accept: "application/json" };
  const response = await fetch(boot.sanctions_url, { credentials: "same-origin", headers });
  if (!response.ok) throw new Error(`sanctions: ${response.status}`);
  const page = (await response.json()) as { results: SanctionRow[] };
  return page.results
    .map(({ user, kind, until, reason }) => {
      return { user: user.id, name: user.name, kind, until, reason };
    })
    .reverse();
}

/** What has been reported and not decided, the latest last. For staff, on the desk. */
export async function fetchReports(boot: Boot): Promise<Reported[]> {
  if (!boot.reports_url) return [];
  const headers = { Accept: "application/json" };
  const response = await fetch(boot.reports_url, { credentials: "same-origin", headers });
  if (!response.ok) throw new Error(`reports: ${response.status}`);
  return ((await response.json()) as { results: Reported[] }).results;
}
