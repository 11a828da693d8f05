import { useRef, useState } from "react";
import { chunkHook } from "../hooks/useChunk";
import { s } from "../strings";
import { Icon } from "./Icon";
import styles from "./HeadButton.module.css";

const usePanel = chunkHook(() => import("./SettingsPanel"));

/** Opens what this reader can choose; the panel is fetched when it is first wanted. */
export function SettingsButton() {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = usePanel(isOpen);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.button}
        aria-label={s.settings.label}
        title={s.settings.label}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(true)}
      >
        <Icon name="gear" size={18} />
      </button>
      {isOpen && panel && <panel.SettingsPanel opener={button} onClose={() => setIsOpen(false)} />}
    </>
  );
}
