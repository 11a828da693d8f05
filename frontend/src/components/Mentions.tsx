import { type CSSProperties, type RefObject, useId, useLayoutEffect } from "react";
import { hueOf } from "../format";
import { useMentionList } from "../hooks/useMentionList";
import type { Mentionable } from "../mentions";
import { s } from "../strings";
import styles from "./Mentions.module.css";

function Person({ person }: { person: Mentionable }) {
  const badge = s.roles[person.role]?.badge;
  return (
    <>
      <bdi className={styles.name} style={{ "--hue": hueOf(person.id) } as CSSProperties}>
        {person.name}
      </bdi>
      {badge && <span className={styles.note}>{badge}</span>}
      {person.isRepliedTo && <span className={styles.note}>{s.mentions.repliedTo}</span>}
    </>
  );
}

/** Completes the name that is being typed in the composer after an `@`. */
export function Mentions({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const { found, active, choose } = useMentionList(field);
  const id = useId();
  const isOpen = found.length > 0;

  // The field is the composer's; what it has to do with this list is said here.
  useLayoutEffect(() => {
    const element = field.current;
    if (!element || !isOpen) return;
    element.setAttribute("aria-autocomplete", "list");
    element.setAttribute("aria-haspopup", "listbox");
    element.setAttribute("aria-controls", id);
    element.setAttribute("aria-activedescendant", `${id}-${active}`);
    return () => {
      for (const name of ["autocomplete", "haspopup", "controls", "activedescendant"]) {
        element.removeAttribute(`aria-${name}`);
      }
    };
  }, [field, id, isOpen, active]);

  return (
    <>
      <span className="visually-hidden" role="status">
        {isOpen && s.mentions.found(found.length)}
      </span>
      {isOpen && (
        <ul id={id} className={styles.list} role="listbox" aria-label={s.mentions.label}>
          {found.map((person, index) => (
            <li
              key={person.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              className={styles.person}
              // The focus stays in the field, and with it a phone's keyboard.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(person)}
            >
              <Person person={person} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
