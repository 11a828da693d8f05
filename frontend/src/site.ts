import "./styles/base.css";
import "./styles/site.css";
import "./styles/account.css";
import "./styles/streams.css";
import { keepAppearance } from "./settings/settings";
import { formatCount, formatDayAndTime, formatOffset, hueOf } from "./format";

/** What Django's pages need of a script: local times, and a colour of its own for each card. */

function showLocalTimes(page: Document): void {
  for (const time of page.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    if (time.dateTime) time.textContent = formatDayAndTime(time.dateTime);
  }
}

function showElapsed(page: Document): void {
  for (const time of page.querySelectorAll<HTMLTimeElement>("time[data-elapsed]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1_000;
    if (seconds >= 0) time.textContent = formatOffset(seconds);
  }
}

function colourCards(page: Document): void {
  for (const poster of page.querySelectorAll<HTMLElement>("[data-hue-of]")) {
    poster.style.setProperty("--hue", String(hueOf(poster.dataset.hueOf ?? "")));
  }
}

function showCounts(page: Document): void {
  for (const count of page.querySelectorAll<HTMLElement>("[data-count]")) {
    count.textContent = formatCount(Number(count.dataset.count));
  }
}

keepAppearance(document);
showLocalTimes(document);
showElapsed(document);
colourCards(document);
showCounts(document);
