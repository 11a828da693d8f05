// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fetchTicket } from "./api";
import type { Boot } from "./boot";

const TICKET_URL = "/api/v1/streams/demo/ticket/";

let boot: Boot;
const fetched = vi.fn<(url: string, init?: RequestInit) => Promise<Response>>();

const json = (status: number, body: object) =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));
const page = (changes: object) => {
  const fresh = JSON.stringify({ ...boot, ...changes });
  const text = `<!doctype html><script id="boot" type="application/json">${fresh}</script>`;
  return Promise.resolve(new Response(text));
};
/** A server that takes one token alone. */
function serve(token: string, fresh: object): void {
  fetched.mockImplementation((url, init) => {
    if (url !== TICKET_URL) return page(fresh);
    const { "X-CSRFToken": given } = init?.headers as Record<string, string>;
    return given === token
      ? json(200, { ticket: "t", expires_at: 5 })
      : json(403, { code: "forbidden" });
  });
}

beforeEach(() => {
  boot = { ticket_url: TICKET_URL, csrf_token: "old", user: { id: 7, name: "Ana" } } as Boot;
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => void vi.unstubAllGlobals());

describe("asking for a ticket", () => {
  test("says signed out where the server asks who this is", async () => {
    fetched.mockImplementation(() => json(401, { code: "sign_in_required" }));
    expect(await fetchTicket(boot)).toEqual({ kind: "signed_out" });
  });

  test("takes the token of a fresh page after signing in in another tab", async () => {
    serve("new", { csrf_token: "new" });
    expect(await fetchTicket(boot)).toEqual({ kind: "ticket", ticket: "t", expiresAt: 5 });
    expect(boot.csrf_token).toBe("new");
  });

  test("is not done in the name of somebody else who signed in there", async () => {
    serve("new", { csrf_token: "new", user: { id: 8, name: "Bo" } });
    expect(await fetchTicket(boot)).toEqual({ kind: "signed_out" });
  });

  test("that is forbidden for another reason is a failure, to be tried again", async () => {
    serve("never", {});
    await expect(fetchTicket(boot)).rejects.toThrow("ticket: 403");
  });
});
