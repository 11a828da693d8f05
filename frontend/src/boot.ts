import type { StreamStatus } from "live-comments-client";

/** What Django puts into the pages of a room (templates/streams/). Times are ISO 8601. */
export interface Boot {
  /** The room with its video, the chat in a window of its own, or the room in a frame of another
      site, where nobody is signed in and every way leads to a window of its own. */
  view: "watch" | "chat" | "embed";
  slug: string;
  title: string;
  description: string;
  status: StreamStatus;
  playback_url: string | null;
  scheduled_for: string | null;
  started_at: string | null;
  ended_at: string | null;
  broadcaster: { id: string | number; name: string };
  /** `joined_at`: Unix ms. */
  user: { id: string | number; name: string; joined_at?: number } | null;
  /** What keeps this person out of all streams. `until`: Unix ms; null for a ban. */
  suspension?: { until: number | null; reason: string } | null;
  /** The desk alone: what the staff of the stream are called, by id. */
  staff?: Record<string, string>;
  ticket_url: string;
  ws_path: string;
  comments_url: string;
  watch_url: string;
  chat_url: string;
  sign_in_url: string;
  /** Where somebody who was sanctioned can say what is wrong about it. */
  appeals_url?: string;
  /** The moderators' desk of this stream; it lets in only those who may. */
  desk_url?: string;
  /** The desk alone: where it reads more, and where it leads. */
  sanctions_url?: string;
  reports_url?: string | null;
  admin_url?: string;
  review_url?: string | null;
  /** The page of a person; their number stands in the place of the 0. */
  person_url?: string | null;
  csrf_token: string;
  /** What the page can be read in, each by its own name; `language` is the present one. */
  languages: { code: string; name: string }[];
  language: string;
  set_language_url: string;
}

export function readBoot(page: Document): Boot {
  const element = page.getElementById("boot");
  if (element?.textContent == null) throw new Error("the page carries no boot data");
  return JSON.parse(element.textContent) as Boot;
}

/** The socket's address on the page's own host. */
export function socketUrl(location: Location, path: string): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${path}`;
}
