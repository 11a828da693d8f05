import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import { isOfInputMethod, replaceInField } from "../fieldText";
import {
  matchingPeople,
  type Mentionable,
  type MentionQuery,
  mentionQuery,
  peoplePresent,
} from "../mentions";
import { selectDraft } from "../store/selectors";
import { useRoom, useSession } from "./useRoom";

interface Offer {
  query: MentionQuery;
  /** Those present when the `@` was typed: a list that changes by itself cannot be aimed at. */
  people: readonly Mentionable[];
  found: readonly Mentionable[];
  active: number;
}

/** A mention that is done with, chosen or not: nothing is offered while it stands there. */
interface Settled {
  start: number;
  text: string;
}

const CLOSED: Offer | null = null;

/** On a phone every word is composed; elsewhere an input method has a list of its own open. */
const isTouch = () => window.matchMedia("(pointer: coarse)").matches;

/** Who can be mentioned where the caret of the field is, and choosing one of them. */
export function useMentionList(field: RefObject<HTMLTextAreaElement | null>) {
  const { store, boot } = useSession();
  const draft = useRoom(selectDraft);
  const [offer, setOffer] = useState(CLOSED);
  const settled = useRef<Settled | null>(null);
  const { start, end, words } = offer?.query ?? { start: 0, end: 0, words: "" };
  // A draft that was sent or brought back takes what was offered for the former one away.
  const isOpen = offer !== null && draft.slice(start, end) === `@${words}`;

  const look = useEffectEvent((isComposing: boolean) => {
    const element = field.current;
    if (!element || (isComposing && !isTouch())) {
      setOffer(CLOSED);
      return;
    }
    const { value, selectionStart, selectionEnd } = element;
    const done = settled.current;
    if (done && !value.startsWith(done.text, done.start)) settled.current = null;
    const query = selectionStart === selectionEnd ? mentionQuery(value, selectionStart) : null;
    if (query === null || settled.current?.start === query.start) {
      setOffer(CLOSED);
      return;
    }
    const isSame = offer?.query.start === query.start && offer.query.words === query.words;
    if (isOpen && isSame) return;
    const isGoingOn = isOpen && offer.query.start === query.start;
    const people = isGoingOn ? offer.people : peoplePresent(store.getState(), boot);
    const found = matchingPeople(people, query.words);
    setOffer(found.length > 0 ? { query, people, found, active: 0 } : CLOSED);
  });

  const choose = (person: Mentionable) => {
    const element = field.current;
    if (!element || !isOpen) return;
    const text = `@${person.name} `;
    settled.current = { start, text };
    const hasSpace = element.value.charAt(end) === " ";
    replaceInField(element, text, start, hasSpace ? end + 1 : end);
    element.focus();
    setOffer(CLOSED);
  };

  const step = (by: number) => {
    if (offer === null) return;
    const { length } = offer.found;
    setOffer({ ...offer, active: (offer.active + by + length) % length });
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isOpen || isOfInputMethod(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const person = offer.found[offer.active];
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && person) {
      choose(person);
    } else if (event.key === "Escape") {
      settled.current = { start, text: "@" };
      setOffer(CLOSED);
    } else return;
    // Neither the composer nor the page may take it for theirs.
    event.preventDefault();
    event.stopPropagation();
  });

  useEffect(() => {
    if (draft === "") settled.current = null;
  }, [draft]);

  useEffect(() => {
    const element = field.current;
    if (!element) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    let isComposing = false;
    const onSelection = () => {
      if (document.activeElement === element) look(isComposing);
    };
    const onComposition = ({ type }: Event) => {
      isComposing = type === "compositionstart";
      look(isComposing);
    };
    element.addEventListener("compositionstart", onComposition, { signal });
    element.addEventListener("compositionend", onComposition, { signal });
    element.addEventListener("input", () => look(isComposing), { signal });
    element.addEventListener("keydown", (event) => onKey(event), { signal });
    element.addEventListener("blur", () => setOffer(CLOSED), { signal });
    document.addEventListener("selectionchange", onSelection, { signal });
    onSelection(); // an `@` may have been typed before this was here
    return () => leaving.abort();
  }, [field]);

  return { found: isOpen ? offer.found : [], active: isOpen ? offer.active : -1, choose };
}
