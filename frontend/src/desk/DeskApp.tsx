import { useState } from "react";
import { useTools } from "../hooks/useTools";
import { useRoom } from "../hooks/useRoom";
import { selectHeld, selectReported } from "../store/selectors";
import { ActionLog } from "./ActionLog";
import { AnnouncePanel } from "./AnnouncePanel";
import styles from "./DeskApp.module.css";
import { Feed } from "./Feed";
import { Header } from "./Header";
import { Help } from "./Help";
import { ModesPanel } from "./ModesPanel";
import { PanicSwitch } from "./PanicSwitch";
import { Queue } from "./Queue";
import { Sanctions } from "./Sanctions";
import { useDeskKeys } from "./useDeskKeys";

const tabs = { feed: "Feed", queue: "Waiting", room: "Room" } as const;
type Tab = keyof typeof tabs;

/** On a phone one part at a time; the tabs are hidden where there is room for all three. */
function Tabs({ tab, onChange }: { tab: Tab; onChange: (tab: Tab) => void }) {
  const count = useRoom(selectHeld).length + useRoom(selectReported).size;
  return (
    <nav className={styles.tabs} aria-label="Parts of the desk">
      {(Object.keys(tabs) as Tab[]).map((name) => (
        <button
          key={name}
          type="button"
          aria-current={tab === name ? "page" : undefined}
          onClick={() => onChange(name)}
        >
          {tabs[name]}
          {name === "queue" && count > 0 && <span className={styles.count}>{count}</span>}
        </button>
      ))}
    </nav>
  );
}

/** The moderators' desk of one stream. */
export function DeskApp() {
  const [tab, setTab] = useState<Tab>("feed");
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const tools = useTools(true);
  useDeskKeys(() => setIsHelpOpen(true));
  return (
    <div className={styles.desk} data-tab={tab}>
      <Header onHelp={() => setIsHelpOpen(true)}>
        <div className={styles.deeds}>{tools && <tools.DeedBar />}</div>
      </Header>
      <main className={styles.parts}>
        <div className={styles.feed}>
          <Feed />
        </div>
        <div className={styles.queue} data-scrolls>
          <Queue />
        </div>
        <div className={styles.room}>
          <AnnouncePanel />
          <ModesPanel />
          <Sanctions />
          <ActionLog />
          <PanicSwitch />
        </div>
      </main>
      <Tabs tab={tab} onChange={setTab} />
      {tools && <tools.RowMenu />}
      {isHelpOpen && <Help onClose={() => setIsHelpOpen(false)} />}
    </div>
  );
}
