import { useEffect, useLayoutEffect, useRef } from "react";
import { isOfInputMethod } from "../fieldText";
import { useRoom, useSession } from "../hooks/useRoom";
import { placeMenu } from "../menuPlace";
import type { OpenMenu } from "../store/menu";
import { selectIsMenuStale, selectMenu } from "../store/selectors";
import { MenuLines } from "./MenuLines";
import { ReasonForm } from "./ReasonForm";
import { ReportForm } from "./ReportForm";
import styles from "./RowMenu.module.css";

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
          <MenuLines menu={menu} />
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
