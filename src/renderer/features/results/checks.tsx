import type { Measurement } from '../../../shared/domain/measurement.ts';
import { Facts, type Fact } from '../../components/facts.tsx';
import { useFormat } from '../../components/use-format.ts';
import { Count, Quantity, QuantityOf } from './quantity.tsx';
import classes from './results.module.css';

/** What was checked of outputs and inputs, as far as there was anything to check. */
export function Checks({ measurement }: { measurement: Measurement }) {
  const format = useFormat();
  const { accuracy, expectedOutputs, cachingRatio } = measurement;
  const facts: Fact[] = [];
  if (accuracy !== null) {
    facts.push({
      name: 'Accuracy',
      value: (
        <>
          <QuantityOf reading={accuracy.reading} />, {format.count(accuracy.correct)} of {format.count(accuracy.total)}{' '}
          labelled samples
        </>
      ),
    });
  }
  if (expectedOutputs !== null) {
    const { compared, maxRelativeError, withinTolerance, problems } = expectedOutputs;
    facts.push({
      name: 'Expected outputs',
      value: (
        <>
          {withinTolerance ? 'within tolerance' : 'not within tolerance'}, <Count of="compared" value={compared} />
          {maxRelativeError !== null && (
            <>
              , largest relative difference <Quantity unit="ratio" value={maxRelativeError} />
            </>
          )}
          {problems.map(({ output, state }) => (
            <span key={`${output} ${state}`}>
              , <code>{output}</code> {problemWords[state]}
            </span>
          ))}
        </>
      ),
    });
  }
  if (cachingRatio !== null) {
    facts.push({
      name: 'Repeated input',
      value: (
        <>
          <Quantity unit="ratio" value={cachingRatio} /> of the median of rotating inputs; under 90 % suggests caching
        </>
      ),
    });
  }
  if (facts.length === 0) return null;
  return (
    <div className={classes.checks}>
      <Facts facts={facts} />
    </div>
  );
}

const problemWords = {
  missing: 'was not returned',
  'another-shape': 'has another shape',
  'not-finite': 'has values that are not finite',
  'not-comparable': 'cannot be compared',
} as const;
