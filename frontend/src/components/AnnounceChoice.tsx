import { useSetting } from "../hooks/useSettings";
import { type Settings, settings } from "../settings/settings";
import { s } from "../strings";

const modes: readonly Settings["announce"][] = ["all", "mentions", "off"];

/** What screen readers are told of; its label is where it stands. */
export function AnnounceChoice() {
  const chosen = useSetting("announce");
  return (
    <select
      value={chosen}
      onChange={({ target }) => settings.change({ announce: target.value as Settings["announce"] })}
    >
      {modes.map((mode) => (
        <option key={mode} value={mode}>
          {s.announce[mode]}
        </option>
      ))}
    </select>
  );
}
