const BYTES = 16;

/** A name that nobody else will give: `crypto.randomUUID` is only there on https and localhost. */
export function freshNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
