import { describe, expect, test } from "vitest";
import { formatCount, localeOf, pluralIn } from "./locale";

describe("locale", () => {
  test("the reader's own form of the page's language", () => {
    expect(localeOf("en", ["de-CH", "en-GB", "en-US"])).toBe("en-GB");
    expect(localeOf("en", ["de"])).toBe("en");
    expect(localeOf("en", ["enm"])).toBe("en");
  });

  test("Arabic with the digits of the stream's clock", () => {
    expect(localeOf("ar", ["ar-EG"])).toBe("ar-EG-u-nu-latn");
    expect(new Intl.NumberFormat(localeOf("ar", ["ar-EG"])).format(12_345)).toBe("12,345");
  });

  test("numbers and plurals", () => {
    const english = pluralIn("en");
    expect(formatCount(12_345)).toBe("12,345");
    expect(english(1, { one: "one", other: "many" })).toBe("one");
    expect(english(2, { one: "one", other: "many" })).toBe("many");
    expect(pluralIn("ar")(2, { other: "many" })).toBe("many");
  });
});
