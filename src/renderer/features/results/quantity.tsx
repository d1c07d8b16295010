import type { Kind, Reading, Unit } from '../../../shared/domain/provenance.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './results.module.css';

interface QuantityProps {
  value: number;
  unit: Unit;
  kind?: Kind;
}

/** A number within facts: with its unit and how it came to be. */
export function Quantity({ value, unit, kind = 'measured' }: QuantityProps) {
  const format = useFormat();
  return (
    <span className={classes.quantity}>
      {format.quantity(value, unit)} <KindMark compact kind={kind} />
    </span>
  );
}

/** A reading within facts: its interval beside it. */
export function QuantityOf({ reading }: { reading: Reading }) {
  const { text, interval } = useFormat().reading(reading);
  return (
    <span className={classes.quantity}>
      {text} {interval !== null && <span className={classes.muted}>{interval}</span>}{' '}
      <KindMark compact kind={reading.kind} />
    </span>
  );
}

/** A count within facts. */
export function Count({ value, of, kind = 'measured' }: { value: number; of?: string; kind?: Kind }) {
  const format = useFormat();
  return (
    <span className={classes.quantity}>
      {format.count(value)} {of} <KindMark compact kind={kind} />
    </span>
  );
}
