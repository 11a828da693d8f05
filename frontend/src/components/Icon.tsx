const paths = {
  send: "M4 12 20 4l-5.5 16-3-6.5L4 12Zm7.5 1.5L20 4",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14a4 4 0 0 0 7 0M9 9.5v.1M15 9.5v.1",
  reply: "M9 7 4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3-1-6Zm3 11v5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5l3.5 2",
  lock: "M6 11h12v9H6v-9Zm2.5 0V8a3.5 3.5 0 0 1 7 0v3",
  shield: "M12 3l7 3v5c0 5-3 8.5-7 10-4-1.5-7-5-7-10V6l7-3Z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warn: "M12 4 2.8 20h18.4L12 4Zm0 6v4.5m0 2.6v.1",
  back: "M15 5l-7 7 7 7",
  chat: "M4 5h16v11H10l-5 4v-4H4V5Z",
  more: "M5 12.5h1v-1H5v1Zm6.5 0h1v-1h-1v1Zm6.5 0h1v-1h-1v1Z",
  hide: "M4 4l16 16M10 5.7A9.5 9.5 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.7M6.3 7.3A16.5 16.5 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.3-1.1M9.9 9.9a3 3 0 0 0 4.2 4.2",
  copy: "M9 9h10v11H9V9Zm-4 6V4h10",
  mute: "M4 10v4h4l5 4V6l-5 4H4Zm13 0 4 4m0-4-4 4",
  flag: "M5 21V4h12l-2 4 2 4H5",
  undo: "M4 9h10a5.5 5.5 0 0 1 0 11H9M8 5 4 9l4 4",
  broom: "M14 4l-4 8m-4 0h9l1.5 8h-12L6 12Zm5 8v-3",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  desk: "M4 5h16v10H4V5Zm5 15h6m-3-5v5",
  megaphone: "M4 10v4h3l9 4V6l-9 4H4Zm3 4 1.5 6h3L10 15.3M19.5 9.5v5",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15L6 17Zm4 4h4",
  panic: "M12 3v3m6.4-.4-2.1 2.1M21 12h-3M3 12h3m-.4-6.4 2.1 2.1M8 20v-7a4 4 0 0 1 8 0v7M5 20h14",
  gear: "M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM10.4 3h3.2l.5 2.5 1.7 1 2.4-.9 1.6 2.8-1.9 1.6v2l1.9 1.6-1.6 2.8-2.4-.9-1.7 1-.5 2.5h-3.2l-.5-2.5-1.7-1-2.4.9-1.6-2.8L6.1 13v-2L4.2 9.4l1.6-2.8 2.4.9 1.7-1 .5-2.5Z",
  theatre: "M3 6h18v12H3V6Zm12 0v12",
  wide: "M3 7h18v10H3V7Z",
  full: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  small: "M9 4v5H4m16 0h-5V4m0 16v-5h5M4 15h5v5",
  popout: "M13 4h7v7M20 4l-8 8M9 6H4v14h14v-5",
  column: "M4 5h16v14H4V5Zm10 0v14m2.5-7h.1",
  offline:
    "M4 4l16 16M8.5 16a5 5 0 0 1 6-.9M5 12.4a10 10 0 0 1 4-2.5M2 8.8a15 15 0 0 1 4-2.5m6.4-1a15 15 0 0 1 9.6 3.5M14 9.7a10 10 0 0 1 5 2.7M12 19.5v.1",
  stop: "M8 3h8l5 5v8l-5 5H8l-5-5V8l5-5Zm0 5 8 8",
} as const;

export type IconName = keyof typeof paths;

/** What points along the line of writing. */
const DIRECTED: readonly IconName[] = [
  "send",
  "reply",
  "back",
  "undo",
  "list",
  "column",
  "theatre",
  "popout",
];

/** A line drawing; decoration only, so hidden from assistive technology. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      data-directed={DIRECTED.includes(name) || undefined}
    >
      <path d={paths[name]} />
    </svg>
  );
}
