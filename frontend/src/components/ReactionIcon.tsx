import type { ReactNode } from "react";
import type { ReactionKind } from "../protocol.gen";

/** Drawn here, so that they look the same everywhere and need no emoji font. */

const ink = "#5b3210";

function Face({ fill = "#ffcf3f", children }: { fill?: string; children: ReactNode }) {
  return (
    <>
      <circle cx="16" cy="16" r="14" fill={fill} />
      <path d="M16 30a14 14 0 0 0 14-14c0-1-.1-2-.3-3A14 14 0 0 1 4.600 24.200 14 14 0 0 0 16 30Z" fill="#f08c00" opacity=".32" />
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
        d="M8.500 15.500h3v8h-3v-8Zm4.300 0 3.400-7.300c1.600-.2 2.500.9 2.300 2.400l-.6 3.400h4.300c1.200 0 2 1 1.800 2.200l-1.100 5.500c-.2 1-1 1.800-2.100 1.800h-8v-8Z"
        fill="#fff"
      />
    </>
  ),
  love: (
    <path
      d="M16 28.500C7.500 22.600 2.500 17.800 2.500 11.800c0-4.300 3.200-7.300 7-7.300 2.700 0 5.100 1.400 6.500 3.800 1.400-2.400 3.800-3.800 6.500-3.800 3.800 0 7 3 7 7.300 0 6-5 10.800-13.500 16.700Z"
      fill="#f0325a"
    />
  ),
  haha: (
    <Face>
      <path d="M8 12.500c1-1.600 3-1.600 4 0M20 12.500c1-1.600 3-1.600 4 0" {...line} />
      <path d="M8 17h16c0 5-3.500 8.500-8 8.500S8 22 8 17Z" fill={ink} />
      <path d="M11.500 23.800c1-1.900 2.600-2.600 4.500-2.600s3.500.7 4.500 2.600a8 8 0 0 1-9 0Z" fill="#ff6f6f" />
    </Face>
  ),
  wow: (
    <Face>
      <ellipse cx="11" cy="12.500" rx="2" ry="2.600" fill={ink} />
      <ellipse cx="21" cy="12.500" rx="2" ry="2.600" fill={ink} />
      <ellipse cx="16" cy="21.500" rx="3.600" ry="4.600" fill={ink} />
    </Face>
  ),
  sad: (
    <Face>
      <circle cx="11" cy="14" r="2" fill={ink} />
      <circle cx="21" cy="14" r="2" fill={ink} />
      <path d="M11.500 23c1.200-1.900 2.700-2.800 4.500-2.800s3.300.9 4.500 2.800" {...line} />
      <path d="M23.500 17.500c1.700 2.400 2.500 3.800 2.500 5a2.500 2.500 0 0 1-5 0c0-1.200.8-2.600 2.500-5Z" fill="#4aa8ff" />
    </Face>
  ),
  angry: (
    <Face fill="#ff7a45">
      <path d="m8.500 11.500 5 2.500M23.500 11.500l-5 2.500" {...line} />
      <circle cx="11.500" cy="16" r="1.800" fill={ink} />
      <circle cx="20.500" cy="16" r="1.800" fill={ink} />
      <path d="M11.500 23.500c1.200-1.700 2.700-2.500 4.500-2.500s3.300.8 4.500 2.500" {...line} />
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
