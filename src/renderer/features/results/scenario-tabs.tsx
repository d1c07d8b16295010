import type { ReactNode } from 'react';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { ColdStartTab } from './cold-start-tab.tsx';
import { InstancesTab } from './instances-tab.tsx';
import { PausesTab } from './pauses-tab.tsx';
import { readRates } from './rate-steps.ts';
import { RatesTab } from './rates-tab.tsx';
import type { ResultTab } from './search.ts';
import { ServerTab } from './server-tab.tsx';
import { findSiblings, toMeasured, type MeasuredCell } from './siblings.ts';
import { TokensTab } from './tokens-tab.tsx';

/** A side of a result that its scenario alone has. */
export interface ScenarioTab {
  id: ResultTab;
  name: string;
  view: ReactNode;
}

/** What a result has beside its latencies, the most telling first. `plan` null: the run is not read yet. */
export function scenarioTabs(cell: MeasuredCell, cells: readonly CellRecord[], plan: Plan | null): ScenarioTab[] {
  const { server, idleGap, decode, coldStart, instances } = cell.measurement;
  const tabs: ScenarioTab[] = [];
  const rates = plan === null ? null : readRates(plan, cells, cell);
  if (server !== undefined) tabs.push({ id: 'server', name: 'Server', view: <ServerTab cell={cell} load={server} /> });
  if (rates !== null) {
    const view = <RatesTab cells={cells} rates={rates} shownIndex={cell.index} />;
    tabs.push({ id: 'rates', name: 'Rates', view });
  }
  const sweep = (varied: Parameters<typeof findSiblings>[2]) => findSiblings(cells, cell.config, varied);
  if (idleGap !== undefined) {
    const view = <PausesTab cell={cell} gap={idleGap} sweep={sweep(['pauseMs'])} />;
    tabs.push({ id: 'pauses', name: 'Pauses', view });
  }
  if (decode !== undefined) {
    const view = <TokensTab cell={cell} sweep={sweep(['decode'])} timing={decode} />;
    tabs.push({ id: 'tokens', name: 'Tokens', view });
  }
  if (coldStart !== undefined) {
    const others = toMeasured(cells).filter(({ measurement }) => measurement.coldStart !== undefined);
    tabs.push({
      id: 'starts',
      name: 'Cold start',
      view: <ColdStartTab cell={cell} coldStart={coldStart} others={others} />,
    });
  }
  if (instances !== undefined) {
    const view = <InstancesTab cell={cell} scaling={instances} sweep={sweep(['instances'])} />;
    tabs.push({ id: 'instances', name: 'Instances', view });
  }
  return tabs;
}
