/** Numbers, times and plurals in the language of the page, which `<html lang>` names. */

/** The reader's own form of the page's language (en-GB where the page is in English), else that. */
export function localeOf(language: string, wished: readonly string[]): string {
  const own = wished.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
  // Stream times and typed numbers stand in Western digits; counts beside them must agree.
  return language === "ar" ? `${own}-u-nu-latn` : own;
}

const page = typeof document === "undefined" ? undefined : document.documentElement;

export const locale = localeOf(page?.lang || "en", page ? navigator.languages : []);

const wholeNumber = new Intl.NumberFormat(locale);

export const formatCount = (count: number) => wholeNumber.format(count);

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Chooses the form of a word that goes with a number, by the rules of one language. */
export function pluralIn(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  return (count, forms) => forms[rules.select(count)] ?? forms.other;
}
