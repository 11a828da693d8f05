import { useCallback, useEffect, useState } from "react";
import { type EmojiSet, fetchEmoji } from "../emoji/emoji";

/** The emoji once they are here; `failed` until `again` is called. */
export function useEmojiSet() {
  const [set, setSet] = useState<EmojiSet | null>(null);
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isGone = false;
    fetchEmoji(document.documentElement.lang).then(
      (fetched) => {
        if (!isGone) setSet(fetched);
      },
      () => {
        if (!isGone) setFailed(true);
      },
    );
    return () => {
      isGone = true;
    };
  }, [tries]);
  const again = useCallback(() => {
    setFailed(false);
    setTries((count) => count + 1);
  }, []);
  return { set, failed, again };
}
