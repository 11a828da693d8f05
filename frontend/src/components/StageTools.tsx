import { type RefObject, useEffect, useRef } from "react";
import { useSession } from "../hooks/useRoom";
import { useShape } from "../hooks/useSettings";
import { bringBackChat, canFill, showChat, toggleFull, toggleTheatre } from "../settings/shape";
import { s } from "../strings";
import { Icon, type IconName } from "./Icon";
import styles from "./StageTools.module.css";

interface ToolProps {
  label: string;
  icon: IconName;
  isOn: boolean;
  onClick: () => void;
}

function Tool({ label, icon, isOn, onClick }: ToolProps) {
  return (
    <button
      type="button"
      className={styles.tool}
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      onClick={onClick}
    >
      <Icon name={icon} size={20} />
    </button>
  );
}

/** Shows and hides the chat. Where the chat was put away, the focus comes here. */
function ChatTool() {
  const { actions } = useSession();
  const { isChatShown, isPoppedOut } = useShape();
  const isAway = !isChatShown || isPoppedOut;
  const ref = useRef<HTMLButtonElement>(null);
  const wasAway = useRef(isAway);
  useEffect(() => {
    if (isAway && !wasAway.current) ref.current?.focus();
    wasAway.current = isAway;
  }, [isAway]);
  const toggle = () => {
    if (isPoppedOut) bringBackChat();
    // What is not to be seen is not read back in: it follows again when it returns.
    else if (isChatShown) actions.follow();
    showChat(isAway);
  };
  const label = isPoppedOut ? s.shape.bringBack : isAway ? s.shape.showChat : s.shape.hideChat;
  return (
    <button
      ref={ref}
      type="button"
      className={styles.tool}
      data-away={isAway}
      aria-label={label}
      title={isAway ? undefined : label}
      onClick={toggle}
    >
      <Icon name={isAway ? "chat" : "column"} size={20} />
      {isAway && label}
    </button>
  );
}

/** How the video and the chat share the window; over the video while it is pointed at. */
export function StageTools({ app }: { app: RefObject<HTMLElement | null> }) {
  const { isTheatre, isFull } = useShape();
  const full = isFull ? s.shape.leaveFull : s.shape.full;
  const fill = () => {
    if (app.current !== null) toggleFull(app.current);
  };
  return (
    <div className={styles.tools}>
      <ChatTool />
      {!isFull && (
        <Tool
          label={isTheatre ? s.shape.leaveTheatre : s.shape.theatre}
          icon={isTheatre ? "wide" : "theatre"}
          isOn={isTheatre}
          onClick={toggleTheatre}
        />
      )}
      {canFill(document) && (
        <Tool label={full} icon={isFull ? "small" : "full"} isOn={isFull} onClick={fill} />
      )}
    </div>
  );
}
