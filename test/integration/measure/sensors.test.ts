import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiContext } from '../../../src/core/api/context.ts';
import { router } from '../../../src/core/api/router.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { listSensors } from '../../../src/core/doctor/list-sensors.ts';
import { runPlan } from '../../../src/core/measure/run-plan.ts';
import type { RunOptions } from '../../../src/core/measure/run-ports.ts';
import { exportRun } from '../../../src/core/report/export-run.ts';
import { runExportDocumentSchema } from '../../../src/core/report/run-export.ts';
import type { FoundSensor, OpenSensors } from '../../../src/core/telemetry/open-sensors.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { shortPlan } from '../../support/short-plan.ts';

let folder: string;
let core: Core;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sensors-'));
  core = createCore({ dataDirectory: folder });
});
afterEach(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

function planOf(minDurationS: number, change: Partial<Plan> = {}): Plan {
  const plan = shortPlan({ models: ['digits-cnn'], ...change });
  return { ...plan, override: { ...plan.override, minDurationS } };
}

async function measure(plan: Plan, options: RunOptions = {}) {
  const runId = await runPlan(plan, core, { lockPath: path.join(folder, 'lock'), ...options });
  const [cell] = core.storage.cells.ofRun(runId);
  if (cell === undefined) throw new Error('nothing was measured');
  return { runId, cell };
}

describe('the sensors beside a measurement', () => {
  it('are stored without anybody looking, and read back, thinned out and exported', async () => {
    const { runId, cell } = await measure(planOf(1.6, { repeats: 2 }));
    expect(cell.outcome.state).toBe('completed');
    const client = createRouterClient(router, { context: createApiContext(core) });
    const { processes } = await client.results.sensors({ cellId: cell.id });
    expect(processes.map(({ process }) => process)).toEqual([0, 1]);
    for (const { n, sensors } of processes) {
      expect(n).toBeGreaterThanOrEqual(1);
      const memory = sensors.find(({ id }) => id === 'engine-memory');
      if (process.platform === 'linux') {
        if (memory?.readings.status !== 'present') throw new Error('the memory of the engine was not read');
        expect(Math.min(...memory.readings.value.value)).toBeGreaterThan(2e7);
        expect(memory.readings.value.elapsedNs[0]).toBeLessThan(1e9);
      }
      // What is not there says why.
      for (const { readings } of sensors) if (readings.status === 'absent') expect(readings.reason).not.toBe('');
    }
    const thinned = await client.results.sensors({ cellId: cell.id, points: 2 });
    for (const { sensors } of thinned.processes)
      for (const { readings } of sensors)
        if (readings.status === 'present') expect(readings.value.value.length).toBeLessThanOrEqual(2);

    const target = path.join(folder, 'run.json');
    await exportRun(core.storage, runId, 'json', target);
    const document = runExportDocumentSchema.parse(JSON.parse(await readFile(target, 'utf8')));
    expect(document.cells[0]?.telemetry).toEqual(processes.map(({ process, sensors }) => ({ process, sensors })));
  });

  it('say what throttling made of the result, and what a prediction took', async () => {
    const { cell } = await measure(planOf(1.1), { openSensors: openHotMachine });
    if (cell.outcome.state !== 'completed') throw new Error(JSON.stringify(cell.outcome));
    const { measurement, validity } = cell.outcome;
    expect(measurement.throttling).toMatchObject({
      value: { share: 1, causes: ['gpu-heat'], medianWithout: null, watched: ['gpu-heat', 'gpu-power-brake'] },
    });
    expect(validity.findings.map(({ code }) => code)).toContain('THROTTLED');
    const metered = measurement.energy?.meters.find(({ method }) => method === 'CPU package')?.metered;
    if (metered?.status !== 'present') throw new Error('no energy');
    const { perSample, power, idle } = metered.value;
    const { durationNs, executedSamples } = measurement.summary;
    expect(power.value).toBeCloseTo(50, 0);
    expect(perSample.value).toBeCloseTo((power.value * durationNs) / 1e9 / executedSamples, 9);
    if (idle.status === 'absent') throw new Error(idle.reason);
    expect(idle.value.power.value).toBeCloseTo(20, 0);
    const above = power.value - idle.value.power.value;
    expect(idle.value.perSampleWithout.value).toBeCloseTo((above * durationNs) / 1e9 / executedSamples, 9);
  });

  it('of a configuration that crashed are kept as far as they came', async () => {
    const crash: RunOptions['onEvent'] = (event) => {
      if (event.type === 'progress' && event.stage === 'measured' && event.elapsedNs > 6e8) killed?.();
    };
    let killed: (() => void) | null = null;
    const spawn: Core['spawn'] = (options) => {
      const engine = core.spawn(options);
      killed = () => engine.kill();
      return engine;
    };
    const runId = await runPlan(
      planOf(20),
      { ...core, spawn },
      { lockPath: path.join(folder, 'lock'), onEvent: crash },
    );
    const [cell] = core.storage.cells.ofRun(runId);
    expect(cell?.outcome.state).toBe('crashed');
    const [first] = [...core.storage.telemetry.read(cell!.id)];
    expect(first?.process).toBe(0);
    expect(first?.telemetry.sensors.length).toBeGreaterThan(0);
    if (process.platform === 'linux') expect(first?.telemetry.elapsedNs.length).toBeGreaterThanOrEqual(1);
  });

  it('are named by the doctor, each with its source or the reason', async () => {
    const sensors = await listSensors();
    expect(sensors.map(({ id }) => id)).toEqual(expect.arrayContaining(['cpu-energy', 'gpu-energy', 'engine-memory']));
    for (const { origin } of sensors)
      expect(origin.status === 'present' ? origin.value.source : origin.reason).not.toBe('');
  });
});

describe('a plan that refuses to measure beside others', () => {
  it('fails with FOREIGN_LOAD while another program uses the processor', async () => {
    const script = path.join(folder, 'busy.mjs');
    await writeFile(script, 'for (;;);\n');
    const busy = fork(script);
    try {
      const { cell } = await measure(planOf(0.3, { exclusive: true }));
      expect(cell.outcome).toMatchObject({ state: 'failed', failure: { code: 'FOREIGN_LOAD' } });
    } finally {
      busy.kill('SIGKILL');
    }
  });
});

/** A machine that takes 50 W while an engine runs and 20 W before, and is held by heat. */
const openHotMachine: OpenSensors = ({ enginePids }) => {
  const close = (): void => undefined;
  let [atMs, energyJ] = [performance.now(), 0];
  const readEnergy = (): number => {
    const sinceS = (performance.now() - atMs) / 1000;
    atMs += 1000 * sinceS;
    energyJ += sinceS * (enginePids().length > 0 ? 50 : 20);
    return energyJ;
  };
  const sensors: FoundSensor[] = [
    {
      id: 'cpu-energy',
      label: 'Processor energy',
      unit: 'J',
      kind: 'counter',
      found: present({ source: 'a test', read: readEnergy, close }),
    },
    {
      id: 'gpu-throttling',
      label: 'What holds the GPU clock',
      unit: '1',
      kind: 'flags',
      found: present({ source: 'a test', read: () => 0x40, close }),
    },
    { id: 'gpu-clock', label: 'GPU clock', unit: 'Hz', kind: 'gauge', found: absent('no driver') },
  ];
  return Promise.resolve(sensors);
};
