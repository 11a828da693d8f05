import { expect, test } from "vitest";
import { freshNonce } from "./nonce";

test("nonces are 32 hexadecimal digits, each time others", () => {
  const nonces = Array.from({ length: 100 }, freshNonce);
  for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{32}$/u);
  expect(new Set(nonces).size).toBe(100);
});
