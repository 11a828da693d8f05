import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";
import { isOfInputMethod } from "../fieldText";
import { useRoom, useSession } from "../hooks/useRoom";
import { type MenuItem, menuItems } from "../menuItems";
import { placeMenu } from "../menuPlace";
import { aboutSubject } from "../moderating";
import { reasonLabel, withReasonLabel } from "../staffStrings";
import type { OpenMenu } from "../store/menu";
import { selectIsMenuStale, selectMenu, selectPinned, selectYou } from "../store/selectors";
import { s } from "../strings";
import { Icon } from "./Icon";
import { ReasonForm } from "./ReasonForm";
import { ReportForm } from "./ReportForm";
import styles from "./RowMenu.module.css";

function Line({ item, onChoose }: { item: MenuItem; onChoose: (item: MenuItem) => void }) {
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
        <span className={styles.label}>{item.label}</span>
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

function MainView({ menu }: { menu: OpenMenu }) {
  const { actions, boot } = useSession();
  const you = useRoom(selectYou);
  const pinned = useRoom(selectPinned);
  const { subject } = menu;
  const choose = ({ does }: MenuItem) => {
    if ("view" in does) {
      actions.showView(does.view);
      return;
    }
    actions.closeMenu();
    if ("href" in does) window.open(does.href, "_blank", "noopener");
    else if ("action" in does) actions.act(does.action, aboutSubject(subject));
    else if (does.own === "copy") void navigator.clipboard.writeText(subject.text);
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
  return (
    <div role="menu" aria-label={s.menu.label(subject.user.name)} onKeyDown={onKeyDown}>
      {menuItems(subject, you, pinned?.id ?? null, boot.person_url).map((group, index) => (
        <div key={index} className={styles.group} role="group">
          {group.map((item) => (
            <Line key={item.label} item={item} onChoose={choose} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Box({ menu }: { menu: OpenMenu }) {
  const { actions } = useSession();
  const ref = useRef<HTMLDivElement>(null);

  // Before anything here takes the focus: a row that was found by keys has it again in the end.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const row = before?.matches(":focus-visible") && before.closest<HTMLElement>("[data-row]");
    return () => {
      if (row) row.focus({ preventScroll: true });
    };
  }, []);

  useLayoutEffect(() => {
    if (ref.current) placeMenu(ref.current, menu.at);
  }, [menu]);

  useLayoutEffect(() => {
    ref.current?.querySelector<HTMLElement>("[data-first], [role=menuitem]")?.focus();
  }, [menu.view, menu.subject]);

  return (
    <>
      <div className={styles.behind} onPointerDown={() => actions.closeMenu()} />
      <div
        ref={ref}
        className={styles.box}
        onKeyDown={(event) => {
          if (isOfInputMethod(event.nativeEvent) || event.key !== "Escape") return;
          event.preventDefault();
          actions.closeMenu();
        }}
      >
        {menu.view === "main" ? (
          <MainView menu={menu} />
        ) : menu.view === "report" ? (
          <ReportForm subject={menu.subject} />
        ) : (
          <ReasonForm key={menu.view} subject={menu.subject} kind={menu.view} />
        )}
      </div>
    </>
  );
}

/** The menu of one row, and the questions that some of its lines ask. */
export function RowMenu() {
  const { actions } = useSession();
  const menu = useRoom(selectMenu);
  const isStale = useRoom(selectIsMenuStale);
  useEffect(() => {
    if (isStale) actions.closeMenu();
  }, [actions, isStale]);
  return menu && <Box menu={menu} />;
}
