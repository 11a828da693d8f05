import type { Boot } from "./boot";

/** Asks Django for the page in another language; the answer is this page again. */
export function changeLanguage(boot: Boot, code: string, page: Document = document): void {
  const form = page.createElement("form");
  form.method = "post";
  form.action = boot.set_language_url;
  const { pathname, search } = page.location;
  const fields = { language: code, next: pathname + search, csrfmiddlewaretoken: boot.csrf_token };
  for (const [name, value] of Object.entries(fields)) {
    const input = page.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  page.body.append(form);
  form.submit();
}
