import { type KeyboardEvent, useLayoutEffect, useRef } from "react";
import { useRoom, useSession } from "../hooks/useRoom";
import { type MenuItem, menuItems } from "../menuItems";
import { aboutSubject } from "../moderating";
import type { OpenMenu } from "../store/menu";
import { selectMenu, selectPinned, selectYou } from "../store/selectors";
import { Icon } from "./Icon";
import { ReasonForm } from "./ReasonForm";
import { ReportForm } from "./ReportForm";
import styles from "./RowMenu.module.css";

const MARGIN_PX = 8;

/** Beside what opened it, within the window; a phone shows it at the bottom instead. */
function place(box: HTMLElement, { top, bottom, right }: OpenMenu["at"]): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const lowest = window.innerHeight - height - MARGIN_PX;
  const isRoomBelow = bottom + 4 <= lowest;
  const y = Math.max(MARGIN_PX, Math.min(isRoomBelow ? bottom + 4 : top - height - 4, lowest));
  const x = Math.max(MARGIN_PX, Math.min(right, window.innerWidth - MARGIN_PX) - width);
  box.style.setProperty("--x", `${x}px`);
  box.style.setProperty("--y", `${y}px`);
}

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
          aria-label={`${item.label}, with a reason…`}
          title={`${item.label}, with a reason (Shift+${item.hint})`}
          onClick={() => onChoose({ ...item, does: { view: withReason } })}
        >
          reason…
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
    <div
      role="menu"
      aria-label={`About this comment by ${subject.user.name}`}
      onKeyDown={onKeyDown}
    >
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
    if (ref.current) place(ref.current, menu.at);
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
          if (event.key !== "Escape") return;
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
  const menu = useRoom(selectMenu);
  return menu && <Box menu={menu} />;
}
