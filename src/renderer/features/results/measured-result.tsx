import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { CellOutcome, CellRecord } from '../../../shared/domain/run.ts';
import { TypedCommand } from '../../components/typed-command.tsx';
import { shortName } from '../../components/describe-config.ts';
import { Panel } from '../../components/page.tsx';
import { api } from '../../transport/connection.ts';
import { BatchPanel } from './batch-panel.tsx';
import { Checks } from './checks.tsx';
import { DistributionTab } from './distribution-tab.tsx';
import { EnvironmentTab } from './environment-tab.tsx';
import { Headline } from './headline.tsx';
import { OperatorsTab } from './operators-tab.tsx';
import type { KeptSeries } from './process-switch.tsx';
import { PublishedPanel } from './published-panel.tsx';
import { RawTab } from './raw-tab.tsx';
import classes from './results.module.css';
import { scenarioTabs } from './scenario-tabs.tsx';
import { parseResultSearch, type ResultTab } from './search.ts';
import { SensorsTab } from './sensors-tab.tsx';
import { StagesTab } from './stages-tab.tsx';
import { TimeTab } from './time-tab.tsx';
import { useSweep } from './use-sweep.ts';
import { VerdictPanel } from './verdict-panel.tsx';

const route = getRouteApi('/measure/results/$cellId');

interface MeasuredResultProps {
  cell: CellRecord;
  outcome: Extract<CellOutcome, { state: 'completed' }>;
  series: KeptSeries;
}

/** A result: whether it holds, its numbers, what they rest on, and the command that repeats it. */
export function MeasuredResult({ cell, outcome: { measurement, validity }, series }: MeasuredResultProps) {
  const { tab, process = 0 } = route.useSearch();
  const navigate = route.useNavigate();
  const { data } = useQuery(api.runs.get.queryOptions({ input: { runId: cell.runId } }));
  const sweep = useSweep(cell);
  const hasBatches = sweep.length > 1;
  const { id, index, config } = cell;
  const own = scenarioTabs(
    { id, index, config, measurement, verdict: validity.verdict },
    data?.cells ?? [],
    data?.run.plan ?? null,
  );
  const usual: ResultTab[] = ['distribution', 'time', 'sensors', 'stages', 'operators', 'environment', 'raw'];
  const offered = [...own.map((one) => one.id), ...usual, ...(hasBatches ? (['batches'] as const) : [])];
  const shown = tab !== undefined && offered.includes(tab) ? tab : (own[0]?.id ?? 'distribution');
  const open = (change: Record<string, unknown>) =>
    void navigate({ search: (search) => parseResultSearch({ ...search, ...change }), replace: true });
  const processes = { measurement, series, process, onProcess: (next: number) => open({ process: next }) };
  return (
    <>
      <VerdictPanel validity={validity} />
      <Headline
        at={cell.startedAt}
        grade={data?.run.plan.grade ?? null}
        measurement={measurement}
        scenario={config.scenario}
        verdict={validity.verdict}
      />
      <Checks measurement={measurement} />
      <Tabs className={classes.tabs ?? ''} keepMounted={false} onChange={(next) => open({ tab: next })} value={shown}>
        <Tabs.List aria-label="Evidence">
          {own.map(({ id: one, name }) => (
            <Tabs.Tab key={one} value={one}>
              {name}
            </Tabs.Tab>
          ))}
          <Tabs.Tab value="distribution">Distribution</Tabs.Tab>
          <Tabs.Tab value="time">Over time</Tabs.Tab>
          <Tabs.Tab value="sensors">Sensors</Tabs.Tab>
          <Tabs.Tab value="stages">Stages</Tabs.Tab>
          <Tabs.Tab value="operators">Operators</Tabs.Tab>
          {hasBatches && <Tabs.Tab value="batches">Batch curve</Tabs.Tab>}
          <Tabs.Tab value="environment">Environment</Tabs.Tab>
          <Tabs.Tab value="raw">Raw</Tabs.Tab>
        </Tabs.List>
        {own.map(({ id: one, view }) => (
          <Tabs.Panel className={classes.tab ?? ''} key={one} value={one}>
            {view}
          </Tabs.Panel>
        ))}
        <Tabs.Panel className={classes.tab ?? ''} value="distribution">
          <DistributionTab cell={cell} {...processes} />
        </Tabs.Panel>
        <Tabs.Panel className={classes.tab ?? ''} value="time">
          <TimeTab cell={cell} {...processes} />
        </Tabs.Panel>
        <Tabs.Panel className={classes.tab ?? ''} value="sensors">
          <SensorsTab cell={cell} {...processes} />
        </Tabs.Panel>
        <Tabs.Panel className={classes.tab ?? ''} value="operators">
          <OperatorsTab cell={cell} measurement={measurement} />
        </Tabs.Panel>
        <Tabs.Panel className={classes.tab ?? ''} value="stages">
          <StagesTab cellId={cell.id} measurement={measurement} />
        </Tabs.Panel>
        <Tabs.Panel className={classes.tab ?? ''} value="batches">
          <BatchPanel cells={sweep} model={shortName(cell.config.model)} />
        </Tabs.Panel>
        <Tabs.Panel className={classes.tab ?? ''} value="environment">
          <EnvironmentTab cell={cell} measurement={measurement} />
        </Tabs.Panel>
        <Tabs.Panel className={classes.tab ?? ''} value="raw">
          <RawTab cell={cell} {...processes} />
        </Tabs.Panel>
      </Tabs>
      <PublishedPanel cellId={cell.id} />
      {cell.provenance !== null && (
        <Panel title="Repeat it">
          <TypedCommand command={cell.provenance.command} label="The command that repeats this result" />
        </Panel>
      )}
    </>
  );
}
