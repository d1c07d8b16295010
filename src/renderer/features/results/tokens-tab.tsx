import { toEstimate } from '../../../shared/charts/estimate.ts';
import { tokenRates, tokenTimes, type GenerationPoint } from '../../../shared/charts/text-generation.ts';
import type { DecodeTiming } from '../../../shared/domain/decode-timing.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { Facts, type Fact } from '../../components/facts.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import { findEarned } from './find-earned.ts';
import { Count, Quantity, QuantityOf } from './quantity.tsx';
import classes from './results.module.css';
import type { MeasuredCell } from './siblings.ts';
import { TimeTable } from './time-table.tsx';

interface TokensTabProps {
  cell: MeasuredCell;
  timing: DecodeTiming;
  /** The same with other lengths of the prompt, itself included. */
  sweep: readonly MeasuredCell[];
}

/** How text was generated: the first token and those after it apart, by the length of the prompt. */
export function TokensTab({ cell, timing, sweep }: TokensTabProps) {
  const format = useFormat();
  const points = sweep.flatMap(toPoint);
  return (
    <>
      {points.length > 1 && (
        <div className={classes.charts}>
          <ChartFigure draw={(style) => tokenTimes(points, style)} fileName={`${cell.id}-token-times`} heightPx={400} />
          <ChartFigure draw={(style) => tokenRates(points, style)} fileName={`${cell.id}-token-rates`} heightPx={400} />
        </div>
      )}
      <TimeTable
        caption="From token to token"
        hollow={cell.verdict === 'INVALID'}
        rows={[
          {
            name: 'Time to first token',
            meaning: 'the whole prompt in one call',
            percentiles: timing.timeToFirstToken.percentiles,
          },
          {
            name: 'Inter-token latency',
            meaning: 'from one token to the next of a text',
            percentiles: timing.interToken.percentiles,
          },
        ]}
      />
      <div className={classes.below}>
        <Facts facts={describeTexts(timing, format)} />
      </div>
    </>
  );
}

function toPoint({ config, measurement, verdict }: MeasuredCell): GenerationPoint[] {
  const { decode } = measurement;
  if (decode === undefined || config.decode === undefined) return [];
  return [
    {
      promptTokens: config.decode.promptTokens,
      firstTokenNs: toEstimate(findEarned(decode.timeToFirstToken.percentiles, 50)),
      interTokenNs: toEstimate(findEarned(decode.interToken.percentiles, 50)),
      prefillPerS: toEstimate(decode.prefillTokensPerS),
      decodePerS: toEstimate(decode.decodeTokensPerS),
      verdict,
    },
  ];
}

function describeTexts(timing: DecodeTiming, format: Format): Fact[] {
  const { growth, cacheCopyShare, cacheCheck, promptTokens, newTokens, batch } = timing;
  return [
    {
      name: 'Texts',
      value: (
        <>
          <Count of="requests" value={timing.requests} /> of {format.count(promptTokens)} + {format.count(newTokens)}{' '}
          tokens, {format.count(batch)} side by side
        </>
      ),
    },
    {
      name: 'Growth with length',
      value:
        growth === null ? (
          'not known: the texts are too short'
        ) : (
          <>
            <Quantity kind="computed" unit="1" value={growth} /> inter-token latency in the last quarter of the texts
            over that in the first
          </>
        ),
    },
    {
      name: 'Key-value cache',
      value: (
        <>
          <Quantity unit="B" value={timing.cacheBytes} /> after the last token
        </>
      ),
    },
    {
      name: 'Cache through JavaScript',
      value:
        cacheCopyShare === null ? (
          'not measured: it takes too long'
        ) : (
          <>
            <QuantityOf reading={cacheCopyShare} /> of a step
          </>
        ),
    },
    {
      name: 'Choosing the token',
      value: (
        <>
          <Quantity unit="ratio" value={timing.choiceShare} /> of a step
        </>
      ),
    },
    {
      name: 'Cache against one pass',
      value:
        cacheCheck === null ? (
          'not checked: it takes too long'
        ) : (
          <>
            {cacheCheck.sameTokens ? 'the same tokens' : 'other tokens'},{' '}
            {cacheCheck.maxRelativeError === null ? (
              'scores that are not finite'
            ) : (
              <>
                scores differ by at most <Quantity unit="ratio" value={cacheCheck.maxRelativeError} />
              </>
            )}
          </>
        ),
    },
  ];
}
