import { useState } from "react";
import { useRoom, useSession } from "../hooks/useRoom";
import { useRaid } from "../hooks/useRaid";
import { formatClockTime } from "../format";
import { NOBODY } from "../moderating";
import { RAID_SECONDS, type LinksMode, type Room, type SetModes } from "live-comments-client";
import { mayManage } from "../rights";
import { selectDeeds, selectRoom, selectYou } from "../store/selectors";
import { linkModes } from "../staffStrings";
import { formatWait } from "../waits";
import styles from "./ModesPanel.module.css";

interface ChoiceProps {
  label: string;
  value: number;
  values: readonly number[];
  name: (value: number) => string;
  isAllowed: boolean;
  onChange: (value: number) => void;
}

/** One number among a few; what the room has is among them, whatever it is. */
function Choice({ label, value, values, name, isAllowed, onChange }: ChoiceProps) {
  const offered = values.includes(value) ? values : [...values, value].sort((a, b) => a - b);
  return (
    <label className={styles.mode}>
      {label}
      <select
        value={value}
        disabled={!isAllowed}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {offered.map((one) => (
          <option key={one} value={one}>
            {name(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SwitchProps {
  label: string;
  isOn: boolean;
  isAllowed: boolean;
  /** It came by itself, so whoever looks should notice. */
  isLoud?: boolean;
  onChange: (isOn: boolean) => void;
}

function Switch({ label, isOn, isAllowed, isLoud, onChange }: SwitchProps) {
  return (
    <label className={styles.mode} data-loud={isLoud && isOn ? true : undefined}>
      {label}
      <input
        type="checkbox"
        role="switch"
        className={styles.switch}
        checked={isOn}
        disabled={!isAllowed}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}

const offOr = (name: (value: number) => string) => (value: number) =>
  value === 0 ? "Off" : name(value);

type Modes = Omit<SetModes, "type">;

/** The room as it will be, so far as the page can tell. */
function withModes(room: Room, { raid_seconds, ...modes }: Modes): Room {
  const changed = { ...room, ...modes } as Room;
  return raid_seconds == null ? changed : { ...changed, raid_until: raid_seconds && Infinity };
}

/**
 * The modes as the reader of the desk has just set them, until the room says how they are now. What
 * was refused is as it was.
 */
function useModes(): [Room, (modes: Modes) => void] {
  const { actions } = useSession();
  const room = useRoom(selectRoom);
  const last = useRoom(selectDeeds).findLast(({ action }) => action.type === "set_modes");
  const [wanted, setWanted] = useState<{ room: Room; modes: Modes } | null>(null);
  const isHopeful = wanted?.room === room && (last?.state === "pending" || last?.state === "done");
  const set = (modes: Modes) => {
    setWanted({ room, modes: isHopeful ? { ...wanted.modes, ...modes } : modes });
    actions.act({ type: "set_modes", ...modes }, NOBODY);
  };
  return [isHopeful ? withModes(room, wanted.modes) : room, set];
}

/** How the room is run; a change holds at once and for everybody. */
export function ModesPanel() {
  const [room, set] = useModes();
  const isManager = mayManage(useRoom(selectYou));
  const raidUntil = useRaid();
  return (
    <section className={styles.panel} aria-label="Modes">
      <h2 className={styles.heading}>Modes</h2>
      <Switch
        label="Room closed"
        isOn={room.closed}
        isAllowed
        onChange={(closed) => set({ closed })}
      />
      <Choice
        label="Slow mode"
        value={room.slow_seconds}
        values={[0, 5, 10, 30, 60, 120, 300]}
        name={offOr(formatWait)}
        isAllowed
        onChange={(slow_seconds) => set({ slow_seconds })}
      />
      <Switch
        label="Newcomers wait"
        isOn={room.standing_only}
        isAllowed
        onChange={(standing_only) => set({ standing_only })}
      />
      <Switch
        label={raidUntil === null ? "Raid mode" : `Raid mode until ${formatClockTime(raidUntil)}`}
        isOn={room.raid_until === Infinity || (raidUntil !== null && room.raid_until > 0)}
        isAllowed
        isLoud
        onChange={(isOn) => set({ raid_seconds: isOn ? RAID_SECONDS : 0 })}
      />
      <Switch
        label="Everything waits"
        isOn={room.review}
        isAllowed={isManager}
        onChange={(review) => set({ review })}
      />
      <label className={styles.mode}>
        Links
        <select
          value={room.links}
          disabled={!isManager}
          onChange={(event) => set({ links: event.target.value as LinksMode })}
        >
          {Object.entries(linkModes).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <Choice
        label="Account age"
        value={room.min_account_age_minutes}
        values={[0, 10, 60, 1_440, 10_080, 43_200]}
        name={offOr((minutes) => formatWait(minutes * 60))}
        isAllowed={isManager}
        onChange={(min_account_age_minutes) => set({ min_account_age_minutes })}
      />
      <Choice
        label="Delay for viewers"
        value={room.delay}
        values={[0, 1, 2, 3, 4, 5, 6]}
        name={offOr(formatWait)}
        isAllowed={isManager}
        onChange={(delay) => set({ delay })}
      />
      <Choice
        label="Shown a second"
        value={room.pace}
        values={[0, 5, 10, 20, 50, 100]}
        name={(pace) => (pace === 0 ? "All" : String(pace))}
        isAllowed={isManager}
        onChange={(pace) => set({ pace })}
      />
      {!isManager && (
        <p className={styles.note}>
          The grey ones are for managing moderators and the broadcaster.
        </p>
      )}
    </section>
  );
}
