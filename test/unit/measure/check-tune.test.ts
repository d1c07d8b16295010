import { expect, it } from 'vitest';
import { refuseWithoutMeter } from '../../../src/core/measure/search/check-tune.ts';
import type { FoundSensor } from '../../../src/core/telemetry/open-sensors.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import { shortPlan } from '../../support/short-plan.ts';

const energy = shortPlan({ models: ['mlp-tabular'], search: { kind: 'tune', objective: 'energy' } });

function meter(found: FoundSensor['found']): FoundSensor {
  return { id: 'cpu-energy', label: 'energy', unit: 'J', kind: 'counter', found };
}

it('refuses a search for the least energy where no meter can be read, with the reason and the remedy', async () => {
  const openSensors = () =>
    Promise.resolve([meter(absent('RAPL may be read by root only', 'Change its permissions.'))]);
  await expect(refuseWithoutMeter(energy, { openSensors })).rejects.toMatchObject({
    code: 'USAGE',
    message: 'The energy of cpu cannot be read here: RAPL may be read by root only.',
    remedy: 'Change its permissions.',
  });
});

it('lets it pass where a meter answers, and closes it again', async () => {
  let isClosed = false;
  const sensor = { source: 'test', read: () => 1, close: () => (isClosed = true) };
  await refuseWithoutMeter(energy, { openSensors: () => Promise.resolve([meter(present(sensor))]) });
  expect(isClosed).toBe(true);
});

it('does not look for meters for any other objective', async () => {
  const plan = { ...energy, search: { kind: 'tune', objective: 'cost' } as const };
  await refuseWithoutMeter(plan, { openSensors: () => Promise.reject(new Error('asked')) });
  expect(plan.search.objective).toBe('cost');
});
