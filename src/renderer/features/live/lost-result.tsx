import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import type { CellOutcome } from '../../../shared/domain/run.ts';
import classes from './live.module.css';
import { medianReading } from './unsaved-file.ts';
import { describeLoss } from './why-no-result.tsx';

/** The cells of a result that only the host's memory has. */
export function LostResult({ outcome }: { outcome: CellOutcome }) {
  const format = useFormat();
  if (outcome.state !== 'completed') {
    return (
      <td className={classes.why} colSpan={2}>
        {describeLoss(outcome, format)}
      </td>
    );
  }
  return (
    <>
      <LostCell reading={medianReading(outcome.measurement)} unit="ns" />
      <LostCell reading={outcome.measurement.summary.throughput} unit="samples/s" />
    </>
  );
}

function LostCell({ reading, unit }: { reading: Reading | null; unit: Reading['unit'] }) {
  return (
    <td className={classes.number}>
      <ReadingCell
        high={reading?.interval?.high ?? null}
        low={reading?.interval?.low ?? null}
        unit={unit}
        value={reading?.value ?? null}
      />
    </td>
  );
}
