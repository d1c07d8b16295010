import type { Plan } from '../../shared/domain/plan.ts';
import type { RateSearch, RateStep } from '../../shared/domain/rate-search.ts';
import { formatQuantity } from '../../shared/units.ts';
import { printColumns, type Cell } from './columns.ts';
import type { RunData } from './documents.ts';
import { toShortName } from './results.ts';
import { formatRate } from './server-load.ts';
import type { Terminal } from './terminal.ts';

/** What the searches of a run found: the highest rate that was confirmed, the lowest that failed, and every step. */
export function printRateSearches(
  terminal: Terminal,
  { run: { plan }, rateSearches = [] }: Pick<RunData, 'run' | 'rateSearches'>,
): void {
  for (const search of rateSearches) {
    const { model, provider, threads, batch } = search.subject;
    const subject = [
      toShortName(model),
      provider,
      ...(batch === 1 ? [] : [`batch ${batch}`]),
      ...(threads === 0 ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]),
    ];
    terminal.print('', `${terminal.paint('strong', 'Highest rate')}  ${subject.join(' · ')}`);
    const columns = [{}, { align: 'right' as const }, {}, {}];
    terminal.print(
      ...printColumns(terminal, columns, listSteps(search)),
      ...printColumns(terminal, [{}, {}], listAnswers(search, plan)),
    );
  }
}

const verdictCells: Readonly<Record<RateStep['verdict'], Cell>> = {
  kept: { text: '✓ kept', style: 'good' },
  missed: { text: '✕ missed', style: 'bad' },
  unclear: { text: '△ says nothing', style: 'caution' },
};

function listSteps({ alone, steps }: RateSearch): Cell[][] {
  const first: Cell[][] =
    alone === null
      ? []
      : [
          [
            { text: 'alone', style: 'muted' },
            `${formatRate(alone.ratePerS)}/s`,
            { text: '', style: 'muted' },
            { text: `p${alone.percentile} ${formatQuantity(alone.latencyNs, 'ns').text}`, style: 'muted' },
          ],
        ];
  return [
    ...first,
    ...steps.map(({ purpose, ratePerS, verdict, latencyNs }): Cell[] => [
      { text: purpose === 'search' ? 'trial' : 'confirmation', style: 'muted' },
      `${formatRate(ratePerS)}/s`,
      verdictCells[verdict],
      { text: latencyNs === null ? '' : formatQuantity(latencyNs, 'ns').text, style: 'muted' },
    ]),
  ];
}

function listAnswers(search: RateSearch, { serviceLevel }: Plan): Cell[][] {
  const { alone, isLimitBelowService, highestConfirmedPerS, lowestFailedPerS, steps } = search;
  const limit = serviceLevel === undefined ? '' : `p${serviceLevel.percentile} within ${serviceLevel.latencyMs} ms`;
  if (alone === null)
    return [['', { text: 'A lone query could not be measured, so nothing was searched.', style: 'bad' }]];
  if (isLimitBelowService) {
    const taken = `${formatQuantity(alone.latencyNs, 'ns').text} (p${alone.percentile})`;
    return [
      [
        { text: 'refused', style: 'bad' },
        `A lone query takes ${taken}, so no rate keeps ${limit}. Give a higher --slo-ms, or a faster model or provider.`,
      ],
    ];
  }
  const isConfirmed = highestConfirmedPerS !== null;
  const confirmed: Cell = isConfirmed
    ? { text: `${formatRate(highestConfirmedPerS)}/s`, style: 'good' }
    : {
        text: steps.some(({ purpose }) => purpose === 'confirm') ? 'none was confirmed' : 'no rate was found',
        style: 'bad',
      };
  return [
    [
      { text: 'highest confirmed', style: 'strong' },
      confirmed,
      ...(isConfirmed ? [{ text: limit, style: 'muted' as const }] : []),
    ],
    [
      { text: 'lowest failed', style: 'strong' },
      lowestFailedPerS === null ? 'none failed' : `${formatRate(lowestFailedPerS)}/s`,
    ],
  ];
}
