import { hueOf } from "../format";
import type { Person, Quote } from "../protocol.gen";
import { roleBadges, roleTitles } from "../strings";
import { splitLinks } from "../links";
import { splitMentions } from "../text";
import styles from "./CommentParts.module.css";
import { Icon } from "./Icon";

/** A name in its person's colour, with what they are in words. */
export function Name({ user }: { user: Person }) {
  const role = user.role ?? "viewer";
  const badge = roleBadges[role];
  return (
    <>
      <bdi
        className={styles.name}
        style={{ "--hue": hueOf(user.id) } as React.CSSProperties}
        title={roleTitles[role]}
      >
        {user.name}
      </bdi>
      {badge && (
        <span className={styles.badge} data-role={role} title={roleTitles[role]}>
          {badge}
        </span>
      )}
      {user.new && (
        <span className={styles.badge} title="This account is less than a day old">
          New
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

/** The comment that a reply answers, in one line. */
export function ReplyQuote({ quote }: { quote: Quote }) {
  return (
    <p className={styles.quote}>
      <Icon name="reply" size={13} />
      <span className="visually-hidden">In reply to </span>
      <bdi className={styles.quoteName}>{quote.name}</bdi>
      <span dir="auto" className={styles.quoteText}>
        {quote.text === "" ? "Comment removed" : quote.text}
      </span>
    </p>
  );
}
