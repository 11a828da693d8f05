import { useSetting } from "../hooks/useSettings";
import { type SettingName, type Settings, settings } from "../settings/settings";
import styles from "./SettingChoice.module.css";

interface SettingChoiceProps<Name extends SettingName> {
  name: Name;
  label: string;
  options: Record<Settings[Name], string>;
}

/** One of a few, side by side; it holds as soon as it is chosen. */
export function SettingChoice<Name extends SettingName>(props: SettingChoiceProps<Name>) {
  const { name, label, options } = props;
  const chosen = useSetting(name);
  const entries = Object.entries(options) as [Settings[Name], string][];
  return (
    <fieldset className={styles.choice}>
      <legend>{label}</legend>
      <div className={styles.options}>
        {entries.map(([value, words]) => (
          <label key={value} data-option={`${name} ${value}`}>
            <input
              type="radio"
              name={`setting-${name}`}
              checked={value === chosen}
              onChange={() => settings.change({ [name]: value })}
            />
            <span>{words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
