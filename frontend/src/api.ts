import type { Boot } from "./boot";
import type { Comment, SanctionKind, Ticket } from "./protocol.gen";
import type { Reported, Sanctioned } from "./store/moderation";
import type { TicketAnswer } from "./tickets";

const OLDER_PAGE = 50;

/** Asks the page's server for a ticket; rejects when it cannot say. */
export async function fetchTicket(boot: Boot): Promise<TicketAnswer> {
  const response = await fetch(boot.ticket_url, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRFToken": boot.csrf_token },
  });
  if (response.status === 401 || response.status === 403) return { kind: "signed_out" };
  if (!response.ok) throw new Error(`ticket: ${response.status}`);
  const { ticket, expires_at: expiresAt } = (await response.json()) as Ticket;
  return { kind: "ticket", ticket, expiresAt };
}

export interface OlderPage {
  comments: Comment[];
  hasOlder: boolean;
}

/** The page of comments before an id, or the newest. */
export async function fetchOlder(boot: Boot, beforeId?: string): Promise<OlderPage> {
  const url = new URL(boot.comments_url, window.location.href);
  if (beforeId !== undefined) url.searchParams.set("before", beforeId);
  url.searchParams.set("limit", String(OLDER_PAGE));
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`comments: ${response.status}`);
  const page = (await response.json()) as { results: Comment[]; previous: string | null };
  return { comments: page.results, hasOlder: page.previous !== null };
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
