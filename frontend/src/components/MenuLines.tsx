import { type KeyboardEvent, useEffect, useState } from "react";
import { useRoom, useSession } from "../hooks/useRoom";
import { type MenuItem, menuItems } from "../menuItems";
import { aboutSubject } from "../moderating";
import { reasonLabel, withReasonLabel } from "../staffStrings";
import type { OpenMenu } from "../store/menu";
import { selectPinned, selectYou } from "../store/selectors";
import { s } from "../strings";
import { Icon } from "./Icon";
import styles from "./RowMenu.module.css";

/** How long "Copied" is shown before the menu goes. */
const COPIED_SHOWN_MS = 1_000;

type Outcome = "copied" | "notCopied";

async function copy(text: string): Promise<Outcome> {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    return "notCopied"; // not allowed to this frame, or not a secure page
  }
}

const isCopy = ({ does }: MenuItem) => "own" in does && does.own === "copy";

interface LineProps {
  item: MenuItem;
  /** What has become of it, in place of its own words. */
  outcome: string | null;
  onChoose: (item: MenuItem) => void;
}

function Line({ item, outcome, onChoose }: LineProps) {
  const { withReason } = item;
  return (
    <div className={styles.line} role="none">
      <button
        type="button"
        role="menuitem"
        className={styles.item}
        data-grave={item.isGrave}
        onClick={() => onChoose(item)}
      >
        <Icon name={item.icon} size={16} />
        <span className={styles.label}>{outcome ?? item.label}</span>
        {item.hint && <kbd aria-hidden="true">{item.hint}</kbd>}
      </button>
      {withReason && (
        <button
          type="button"
          role="menuitem"
          className={styles.reason}
          aria-label={withReasonLabel(item.label)}
          title={withReasonLabel(item.label, item.hint)}
          onClick={() => onChoose({ ...item, does: { view: withReason } })}
        >
          {reasonLabel}
        </button>
      )}
    </div>
  );
}

/** All that can be done about what the menu is about. */
export function MenuLines({ menu }: { menu: OpenMenu }) {
  const { actions, boot } = useSession();
  const you = useRoom(selectYou);
  const pinned = useRoom(selectPinned);
  const { subject } = menu;
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useEffect(() => {
    if (outcome !== "copied") return;
    const timer = window.setTimeout(() => actions.closeMenu(), COPIED_SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [actions, outcome]);
  const choose = (item: MenuItem) => {
    const { does } = item;
    if ("view" in does) {
      actions.showView(does.view);
      return;
    }
    if (isCopy(item)) {
      void copy(subject.text).then(setOutcome);
      return;
    }
    actions.closeMenu();
    if ("href" in does) window.open(does.href, "_blank", "noopener");
    else if ("action" in does) actions.act(does.action, aboutSubject(subject));
    else if (does.own === "mute") actions.mute(subject.user);
    else if (does.own === "block") actions.block(subject.user);
    else if (subject.comment) actions.reply(subject.comment);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const present = items.findIndex((item) => item === document.activeElement);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    items[(present + step + items.length) % items.length]?.focus();
  };
  const copied = outcome && s.post[outcome];
  return (
    <>
      <div role="menu" aria-label={s.menu.label(subject.user.name)} onKeyDown={onKeyDown}>
        {menuItems(subject, you, pinned?.id ?? null, boot.person_url).map((group, index) => (
          <div key={index} className={styles.group} role="group">
            {group.map((item) => (
              <Line
                key={item.label}
                item={item}
                outcome={isCopy(item) ? copied : null}
                onChoose={choose}
              />
            ))}
          </div>
        ))}
      </div>
      <span className="visually-hidden" role="status">
        {copied}
      </span>
    </>
  );
}
