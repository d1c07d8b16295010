import classes from './reading.module.css';
import { useFormat } from './use-format.ts';
import type { Unit } from '../../shared/domain/provenance.ts';

interface ReadingCellProps {
  value: number | null;
  unit: Unit;
  /** Bounds of the interval; null where this row has none, left out in a column without intervals. */
  low?: number | null;
  high?: number | null;
  /** Why there is no value, for one that is null. */
  missing?: string;
  /** Of an invalid result. */
  hollow?: boolean;
}

/** A reading in a table: aligned on the decimal separator, its interval as a thin whisker relative to the value. */
export function ReadingCell(props: ReadingCellProps) {
  const { value, unit, low, high, missing = 'not measured', hollow = false } = props;
  const format = useFormat();
  if (value === null) return <span className={classes.absent}>{missing}</span>;
  const bounds = [low, high].filter((bound) => bound != null);
  const uncertainty = bounds.length === 0 ? null : Math.max(...bounds.map((bound) => Math.abs(bound - value)));
  const { whole, fraction, unit: symbol } = format.parts(value, unit, uncertainty);
  const toText = (bound: number): string => format.parts(bound, unit, uncertainty).text;
  const interval = low == null || high == null ? null : [toText(low), toText(high)];
  return (
    <span className={classes.cell} data-hollow={hollow || undefined} title={interval?.join(' – ')}>
      <span className={classes.number}>
        <span className={classes.whole}>{whole}</span>
        <span className={classes.tail} data-unit={unit}>
          {fraction}
          <span className={classes.symbol}>{`\u00a0${symbol}`}</span>
        </span>
      </span>
      {interval !== null && <span className={classes.hidden}> interval from {interval.join(' to ')}</span>}
      {low != null && high != null && <Whisker value={value} low={low} high={high} />}
      {interval === null && (low === null || high === null) && <span className={classes.whisker} />}
    </span>
  );
}

const width = 32;
/** An interval of plus or minus this share of the value fills the whisker. */
const fullShare = 0.2;

/** An interval around a value, as wide for every value that is as uncertain for its size. */
export function Whisker({ value, low, high }: { value: number; low: number; high: number }) {
  const toX = (bound: number): number => {
    const share = value === 0 ? 0 : (bound - value) / Math.abs(value) / fullShare;
    return width / 2 + (Math.max(-1, Math.min(1, share)) * (width - 2)) / 2;
  };
  return (
    <svg aria-hidden="true" className={classes.whisker} height="9" viewBox={`0 0 ${width} 9`} width={width}>
      <path d={`M${toX(low)} 4.5H${toX(high)}M${toX(low)} 2v5M${toX(high)} 2v5`} />
      <circle cx={width / 2} cy="4.5" r="1.5" />
    </svg>
  );
}
