import { useNow } from "../hooks/useCountdown";
import { locale } from "../locale";
import { s } from "../strings";
import styles from "./TestCard.module.css";

const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hour12: false });

const bars = ["#e8e6ee", "#f2c94c", "#4fd1c5", "#5ec46c", "#b46be0", "#ef476f", "#4d7cfe"];
const greys = ["#0c0b10", "#26252c", "#403f49", "#5f5d69", "#83818d", "#aaa8b3", "#d3d1da"];
const BAR = 520 / bars.length;
const ticks = Array.from({ length: 60 }, (_, index) => index);
const columns = Array.from({ length: 17 }, (_, index) => index * 80);
const rows = Array.from({ length: 10 }, (_, index) => index * 80);

function Grid() {
  return (
    <g className={styles.grid}>
      {columns.map((x) => (
        <line key={x} x1={x} y1="0" x2={x} y2="720" />
      ))}
      {rows.map((y) => (
        <line key={y} x1="0" y1={y} x2="1280" y2={y} />
      ))}
    </g>
  );
}

function Dial() {
  return (
    <g className={styles.dial}>
      <circle cx="640" cy="360" r="300" />
      {ticks.map((tick) => (
        <line
          key={tick}
          x1="640"
          x2="640"
          y1={tick % 5 === 0 ? 44 : 50}
          y2="60"
          transform={`rotate(${tick * 6} 640 360)`}
        />
      ))}
    </g>
  );
}

/** What is shown where a stream has no video: a drawn card with a running clock. */
export function TestCard() {
  const now = useNow();
  const second = new Date(now).getSeconds();
  return (
    <svg
      className={styles.card}
      viewBox="0 0 1280 720"
      preserveAspectRatio="xMidYMid slice"
      role="img"
      aria-label={s.player.testCardLabel}
    >
      <rect width="1280" height="720" className={styles.ground} />
      <Grid />
      <circle cx="640" cy="360" r="284" className={styles.disc} />
      <clipPath id="card-disc">
        <circle cx="640" cy="360" r="270" />
      </clipPath>
      <g clipPath="url(#card-disc)">
        {bars.map((fill, index) => (
          <rect key={fill} x={380 + index * BAR} y="90" width={BAR + 1} height="196" fill={fill} />
        ))}
        <g className={styles.scan}>
          <rect x="370" y="90" width="70" height="196" fill="#fff" opacity="0.16" />
        </g>
        {greys.map((fill, index) => (
          <rect key={fill} x={380 + index * BAR} y="434" width={BAR + 1} height="76" fill={fill} />
        ))}
        <rect x="370" y="510" width="540" height="130" fill="#17161c" />
      </g>
      <Dial />
      <circle
        cx="640"
        cy="60"
        r="9"
        className={styles.hand}
        transform={`rotate(${second * 6} 640 360)`}
      />
      <rect x="370" y="286" width="540" height="148" className={styles.plate} />
      <text x="640" y="388" className={styles.clock}>
        {clock.format(now)}
      </text>
      <text x="640" y="560" className={styles.caption}>
        {s.player.testCard}
      </text>
      <text x="640" y="590" className={styles.note}>
        {s.player.testCardText}
      </text>
    </svg>
  );
}
