import classes from './live.module.css';

interface ShareBarProps {
  label: string;
  /** 0 to 1; null: not known. */
  share: number | null;
  /** The same in words, for those who do not see the bar. */
  text: string;
}

/** How much of something is done. It jumps from value to value: nothing moves by itself while measuring. */
export function ShareBar({ label, share, text }: ShareBarProps) {
  const percent = share === null ? null : Math.floor(100 * Math.min(1, Math.max(0, share)));
  return (
    <div
      aria-label={label}
      aria-valuemax={100}
      aria-valuemin={0}
      aria-valuenow={percent ?? undefined}
      aria-valuetext={text}
      className={classes.bar}
      role="progressbar"
    >
      {percent !== null && <div className={classes.done} style={{ width: `${percent}%` }} />}
    </div>
  );
}
