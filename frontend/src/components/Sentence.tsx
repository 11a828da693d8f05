import type { ReactNode } from "react";

/** Stands in the sentence where the part comes; no text holds it. */
const HERE = "\u0000";

/** A sentence of the page's language around something that is drawn: a name in its own direction. */
export function Sentence({ of, children }: { of: (part: string) => string; children: ReactNode }) {
  const [before, after] = of(HERE).split(HERE);
  return (
    <>
      {before}
      {children}
      {after}
    </>
  );
}
