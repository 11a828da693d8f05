import { describe, expect, test } from "vitest";
import { splitLinks } from "./links";

const hrefs = (text: string) =>
  splitLinks(text).flatMap(({ href }) => (href === null ? [] : [href]));
const shown = (text: string) => splitLinks(text).map((part) => part.text);

describe("links", () => {
  test("are the https addresses of a text, and nothing of it is lost", () => {
    const text = "see https://a.example/x?y=1#z, and (https://b.example/c_(d)).";
    expect(hrefs(text)).toEqual(["https://a.example/x?y=1#z", "https://b.example/c_(d)"]);
    expect(shown(text)).toEqual([
      "see ",
      "https://a.example/x?y=1#z",
      ", and (",
      "https://b.example/c_(d)",
      ").",
    ]);
    expect(splitLinks("no link at all")).toEqual([{ text: "no link at all", href: null }]);
    expect(splitLinks("")).toEqual([]);
  });

  test.each([
    "http://a.example/",
    "javascript:alert(1)",
    "JaVaScRiPt://a.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://a.example/",
    "//a.example/",
    "www.a.example",
    "a.example",
    "https://",
    "https:///",
    "https://localhost/",
    "https://a.example:99999/",
    "https://[::g]/",
    "https://a b.example",
  ])("are never made of %s", (text) => {
    expect(hrefs(text)).toEqual([]);
    expect(shown(text).join("")).toBe(text);
  });

  test.each(["https://bank.example@evil.example/", "https://bank.example:x@evil.example/"])(
    "are never made of an address that shows another host: %s",
    (text) => {
      expect(hrefs(text)).toEqual([]);
    },
  );

  test("show the host that is asked for", () => {
    expect(splitLinks("https://аррӏе.com/id")).toEqual([
      { text: "https://xn--80ak6aa92e.com/id", href: "https://xn--80ak6aa92e.com/id" },
    ]);
    expect(shown("https://ａ.example/")).toEqual(["https://a.example/"]);
    expect(shown("HTTPS://A.Example/Path")).toEqual(["https://a.example/Path"]);
  });

  test("keep what a quote or a bracket would break out of", () => {
    expect(hrefs('https://a.example/"onmouseover="alert(1)')).toEqual(["https://a.example/"]);
    expect(hrefs("https://a.example/<script>")).toEqual(["https://a.example/"]);
  });
});
