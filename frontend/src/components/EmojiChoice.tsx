import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import {
  type Emoji,
  type EmojiSet,
  findEmoji,
  recentEmoji,
  rememberEmoji,
  rememberTone,
  storedTone,
  toned,
  TONES,
} from "../emoji/emoji";
import { isOfInputMethod } from "../fieldText";
import { s } from "../strings";
import { EmojiGrid } from "./EmojiGrid";
import styles from "./EmojiPicker.module.css";
import { EmojiTabs } from "./EmojiTabs";

const RECENT_SIGN = "🕘";
const HAND: Pick<Emoji, "emoji" | "hasTones"> = { emoji: "✋", hasTones: true };

function ToneSelect({ tone, onChange }: { tone: string; onChange: (tone: string) => void }) {
  return (
    <select
      className={styles.tone}
      aria-label={s.emoji.tone}
      title={s.emoji.tone}
      value={tone}
      onChange={(event) => onChange(event.target.value)}
    >
      {TONES.map((one, index) => (
        <option key={one} value={one} aria-label={s.emoji.tones[index]}>
          {toned(HAND, one)}
        </option>
      ))}
    </select>
  );
}

/** What can be chosen from, by category or by name, in one's skin tone. */
export function EmojiChoice({
  set,
  onChoose,
}: {
  set: EmojiSet;
  onChoose: (emoji: string) => void;
}) {
  const [sought, setSought] = useState("");
  const [tone, setTone] = useState(storedTone);
  const [chosen, setChosen] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  // Those of the last time: a row that changes while one chooses from it cannot be aimed at.
  const tabs = useMemo(() => {
    const groups = set.groups.map((emoji, index) => {
      return { label: s.emoji.groups[index] ?? "", sign: emoji[0]?.emoji ?? "", emoji };
    });
    const recent = { label: s.emoji.recent, sign: RECENT_SIGN, emoji: recentEmoji(set) };
    return recent.emoji.length > 0 ? [recent, ...groups] : groups;
  }, [set]);
  const found = useMemo(() => findEmoji(set, sought), [set, sought]);
  const isSearch = sought.trim() !== "";
  const shown = isSearch ? found : (tabs[chosen]?.emoji ?? []);
  const label = isSearch ? s.emoji.results(found.length) : (tabs[chosen]?.label ?? "");

  useEffect(() => {
    // On a phone the keyboard would cover what was just opened.
    if (!window.matchMedia("(pointer: coarse)").matches) search.current?.focus();
  }, []);

  const choose = (one: Emoji) => {
    rememberEmoji(one.emoji);
    onChoose(toned(one, tone));
  };
  const onSearchKey = (event: KeyboardEvent<HTMLElement>) => {
    if (isOfInputMethod(event.nativeEvent)) return;
    const grid = event.currentTarget.closest("[role=dialog]")?.querySelector("[role=grid]");
    if (event.key === "ArrowDown") grid?.querySelector("button")?.focus();
    else if (event.key !== "Enter") return;
    else if (isSearch && found[0]) choose(found[0]);
    event.preventDefault();
  };
  return (
    <>
      <div className={styles.top}>
        <input
          ref={search}
          type="search"
          className={styles.search}
          value={sought}
          placeholder={s.emoji.search}
          aria-label={s.emoji.search}
          enterKeyHint="done"
          autoComplete="off"
          onChange={(event) => setSought(event.target.value)}
          onKeyDown={onSearchKey}
        />
        <ToneSelect
          tone={tone}
          onChange={(next) => {
            rememberTone(next);
            setTone(next);
          }}
        />
      </div>
      <EmojiTabs
        tabs={tabs}
        chosen={isSearch ? -1 : chosen}
        onChoose={(index) => {
          setSought("");
          setChosen(index);
        }}
      />
      <div className={styles.panel} role="tabpanel" aria-label={label}>
        <span className="visually-hidden" role="status">
          {isSearch && label}
        </span>
        {shown.length === 0 && <p className={styles.none}>{s.emoji.none}</p>}
        <EmojiGrid
          key={isSearch ? sought : chosen}
          emoji={shown}
          tone={tone}
          label={label}
          language={set.language}
          onChoose={choose}
          onLeave={() => search.current?.focus()}
        />
      </div>
    </>
  );
}
