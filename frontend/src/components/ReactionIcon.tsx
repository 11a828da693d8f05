import type { ReactNode } from "react";
import type { ReactionKind } from "../protocol.gen";

/** Drawn here, so that they look the same everywhere and need no emoji font. */

const ink = "#5b3210";

function Face({ fill = "#ffcf3f", children }: { fill?: string; children: ReactNode }) {
  return (
    <>
      <circle cx="16" cy="16" r="14" fill={fill} />
      <path
        d="M16 30a14 14 0 0 0 14-14c0-1-.1-2-.3-3A14 14 0 0 1 4.6 24.2 14 14 0 0 0 16 30Z"
        fill="#f08c00"
        opacity=".32"
      />
      {children}
    </>
  );
}

const line = { fill: "none", stroke: ink, strokeWidth: 2, strokeLinecap: "round" } as const;

const drawings: Record<ReactionKind, ReactNode> = {
  like: (
    <>
      <circle cx="16" cy="16" r="14" fill="#3d7bff" />
      <path
        d="M8.5 15.500h3v8h-3v-8Zm4.3 0 3.4-7.300c1.6-.2 2.5.9 2.3 2.400l-.6 3.400h4.300c1.2 0 2 1 1.8 2.200l-1.1 5.500c-.2 1-1 1.8-2.1 1.800h-8v-8Z"
        fill="#fff"
      />
    </>
  ),
  love: (
    <path
      d="M16 28.500C7.5 22.6 2.5 17.8 2.5 11.800c0-4.3 3.2-7.3 7-7.3 2.7 0 5.1 1.4 6.5 3.8 1.4-2.4 3.8-3.8 6.5-3.8 3.8 0 7 3 7 7.3 0 6-5 10.8-13.5 16.700Z"
      fill="#f0325a"
    />
  ),
  haha: (
    <Face>
      <path d="M8 12.500c1-1.6 3-1.6 4 0M20 12.500c1-1.6 3-1.6 4 0" {...line} />
      <path d="M8 17h16c0 5-3.5 8.5-8 8.500S8 22 8 17Z" fill={ink} />
      <path
        d="M11.5 23.800c1-1.9 2.6-2.6 4.5-2.600s3.5.7 4.5 2.600a8 8 0 0 1-9 0Z"
        fill="#ff6f6f"
      />
    </Face>
  ),
  wow: (
    <Face>
      <ellipse cx="11" cy="12.5" rx="2" ry="2.6" fill={ink} />
      <ellipse cx="21" cy="12.5" rx="2" ry="2.6" fill={ink} />
      <ellipse cx="16" cy="21.5" rx="3.6" ry="4.6" fill={ink} />
    </Face>
  ),
  sad: (
    <Face>
      <circle cx="11" cy="14" r="2" fill={ink} />
      <circle cx="21" cy="14" r="2" fill={ink} />
      <path d="M11.5 23c1.2-1.9 2.7-2.8 4.5-2.800s3.3.9 4.5 2.8" {...line} />
      <path
        d="M23.5 17.500c1.7 2.4 2.5 3.8 2.5 5a2.5 2.5 0 0 1-5 0c0-1.2.8-2.6 2.5-5Z"
        fill="#4aa8ff"
      />
    </Face>
  ),
  angry: (
    <Face fill="#ff7a45">
      <path d="m8.5 11.5 5 2.500M23.5 11.500l-5 2.5" {...line} />
      <circle cx="11.5" cy="16" r="1.8" fill={ink} />
      <circle cx="20.5" cy="16" r="1.8" fill={ink} />
      <path d="M11.5 23.500c1.2-1.7 2.7-2.5 4.5-2.500s3.3.8 4.5 2.5" {...line} />
    </Face>
  ),
};

export function ReactionIcon({ kind, size = 22 }: { kind: ReactionKind; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      {drawings[kind]}
    </svg>
  );
}
