const paths = {
  send: "M4 12 20 4l-5.5 16-3-6.5L4 12Zm7.5 1.5L20 4",
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
  stop: "M8 3h8l5 5v8l-5 5H8l-5-5V8l5-5Zm0 5 8 8",
} as const;

export type IconName = keyof typeof paths;

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
    >
      <path d={paths[name]} />
    </svg>
  );
}
