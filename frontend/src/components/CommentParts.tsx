import { useState } from "react";
import { hueOf } from "../format";
import type { Person, Quote } from "live-comments-client";
import { s } from "../strings";
import { splitLinks } from "../links";
import { useSession } from "../hooks/useRoom";
import { splitMentions } from "../text";
import styles from "./CommentParts.module.css";
import { Icon } from "./Icon";

/** A name in its person's colour, with what they are in words. */
export function Name({ user }: { user: Person }) {
  const roleName = user.role ?? "viewer";
  const role = s.roles[roleName];
  return (
    <>
      <bdi
        className={styles.name}
        style={{ "--hue": hueOf(user.id) } as React.CSSProperties}
        title={role?.title}
      >
        {user.name}
      </bdi>
      {role && (
        <span className={styles.badge} data-role={roleName} title={role.title}>
          {role.badge}
        </span>
      )}
      {user.new && (
        <span className={styles.badge} title={s.comment.isNewTitle}>
          {s.comment.isNew}
        </span>
      )}{" "}
    </>
  );
}

function Plain({ text, mention }: { text: string; mention: string | null }) {
  return splitMentions(text, mention).map((part, index) =>
    index % 2 === 1 ? (
      <mark key={index} className={styles.mention}>
        {part}
      </mark>
    ) : (
      part
    ),
  );
}

/** What was said, with the reader's own name lit and its links to be followed. */
export function CommentText({ text, mention }: { text: string; mention: string | null }) {
  return (
    <span dir="auto" className={styles.text}>
      {splitLinks(text).map(({ text: part, href }, index) =>
        href === null ? (
          <Plain key={index} text={part} mention={mention} />
        ) : (
          <a
            key={index}
            className={styles.link}
            href={href}
            target="_blank"
            rel="noopener nofollow ugc"
          >
            {part}
          </a>
        ),
      )}
    </span>
  );
}

interface ReplyQuoteProps {
  quote: Quote;
  /** By somebody whom the reader does not want to see. */
  isSilenced: boolean;
  /** Keys stop at it only while they are on its row. */
  isReached: boolean;
}

/** The comment that a reply answers, in one line; pressed, it leads there. */
export function ReplyQuote({ quote, isSilenced, isReached }: ReplyQuoteProps) {
  const { actions } = useSession();
  const [isLost, setLost] = useState(false);
  const { id, name, text } = quote;
  const words = text === "" ? s.comment.removed : isLost ? s.comment.notFound : text;
  const goThere = async () => setLost(!(await actions.goTo(id)));
  return (
    <button
      type="button"
      className={styles.quote}
      disabled={text === "" || isSilenced}
      tabIndex={isReached ? 0 : -1}
      onClick={() => void goThere()}
    >
      <Icon name="reply" size={13} />
      <span className="visually-hidden">{s.comment.inReplyTo} </span>
      {isSilenced ? (
        <span className={styles.quoteText}>{s.list.silencedQuote}</span>
      ) : (
        <>
          <bdi className={styles.quoteName}>{name}</bdi>
          <span dir="auto" className={styles.quoteText}>
            {words}
          </span>
        </>
      )}
    </button>
  );
}
