// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { Boot } from "./boot";
import { changeLanguage } from "./language";

test("another language is asked for by a form that leads back to this page", () => {
  window.history.replaceState(null, "", "/s/quay/?t=5");
  const submit = vi.spyOn(HTMLFormElement.prototype, "submit").mockReturnValue();
  changeLanguage({ set_language_url: "/language/", csrf_token: "token" } as Boot, "ar");
  const [form] = submit.mock.contexts as HTMLFormElement[];
  expect(form!.method).toBe("post");
  expect(form!.getAttribute("action")).toBe("/language/");
  const fields = [...form!.querySelectorAll("input")].map(({ name, value }) => [name, value]);
  expect(Object.fromEntries(fields)).toEqual({
    language: "ar",
    next: "/s/quay/?t=5",
    csrfmiddlewaretoken: "token",
  });
});
