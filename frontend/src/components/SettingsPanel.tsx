import { type RefObject, useLayoutEffect, useRef } from "react";
import { useSession } from "../hooks/useRoom";
import { changeLanguage } from "../language";
import { s } from "../strings";
import { AnnounceChoice } from "./AnnounceChoice";
import { Icon } from "./Icon";
import { SettingChoice } from "./SettingChoice";
import styles from "./SettingsPanel.module.css";
import { Silenced } from "./Silenced";

const GAP_PX = 6;
const MARGIN_PX = 8;

/** Under what opened it and within the window; a phone shows it at the bottom instead. */
function place(box: HTMLElement, opener: HTMLElement): void {
  const { left, right, bottom } = opener.getBoundingClientRect();
  const isForward = getComputedStyle(opener).direction === "ltr";
  const { innerWidth: width, innerHeight: height } = window;
  const wished = isForward ? right - box.offsetWidth : left;
  const x = Math.max(MARGIN_PX, Math.min(wished, width - box.offsetWidth - MARGIN_PX));
  const lowest = Math.max(MARGIN_PX, height - box.offsetHeight - MARGIN_PX);
  box.style.setProperty("--x", `${x}px`);
  box.style.setProperty("--y", `${Math.min(bottom + GAP_PX, lowest)}px`);
}

function Language() {
  const { boot } = useSession();
  const { languages, language, view } = boot;
  // A frame has no session to keep it in: it is in the language of the browser.
  if (languages.length < 2 || view === "embed") return null;
  return (
    <label className={styles.line}>
      {s.settings.language}
      <select value={language} onChange={({ target }) => changeLanguage(boot, target.value)}>
        {languages.map(({ code, name }) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SettingsPanelProps {
  opener: RefObject<HTMLElement | null>;
  onClose: () => void;
}

/** What this reader can choose for this device. The browser keeps the focus in it, and gives it back. */
export function SettingsPanel({ opener, onClose }: SettingsPanelProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    const button = opener.current;
    if (dialog === null) return;
    dialog.showModal();
    if (button) place(dialog, button);
    return () => {
      dialog.close();
      button?.focus();
    };
  }, [opener]);
  return (
    <dialog
      ref={ref}
      className={styles.panel}
      aria-labelledby="settings-title"
      // Esc closes this and does nothing else.
      onKeyDown={(event) => event.stopPropagation()}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className={styles.inside}>
        <div className={styles.head}>
          <h2 id="settings-title">{s.settings.label}</h2>
          <button type="button" aria-label={s.settings.close} onClick={onClose}>
            <Icon name="close" size={18} />
          </button>
        </div>
        <SettingChoice name="text" label={s.settings.text} options={s.settings.texts} />
        <SettingChoice name="theme" label={s.settings.theme} options={s.settings.themes} />
        <div className={styles.pair}>
          <SettingChoice
            name="contrast"
            label={s.settings.contrast}
            options={s.settings.contrasts}
          />
          <SettingChoice name="motion" label={s.settings.motion} options={s.settings.motions} />
        </div>
        <SettingChoice name="times" label={s.settings.times} options={s.settings.timesChosen} />
        <label className={styles.line}>
          {s.settings.announce}
          <AnnounceChoice />
        </label>
        <Language />
        <Silenced />
      </div>
    </dialog>
  );
}
