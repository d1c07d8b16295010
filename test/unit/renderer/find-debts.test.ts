import { expect, test } from 'vitest';
import { findDebts, type ShownResult } from '../../../src/renderer/features/overview/find-debts.ts';
import { toCellId, toRunId } from '../../../src/shared/domain/ids.ts';
import { defaultSettings } from '../../../src/shared/domain/settings.ts';
import { createCompleted, createConfig } from '../storage/sample-run.ts';

const settled = { ...defaultSettings, tariffPerKWh: 0.3 };
const runId = toRunId(Date.UTC(2026, 0, 1), 1);

function createResult(model: string, findings: readonly string[] = [], grade: ShownResult['grade'] = 'standard') {
  const completed = createCompleted(2e6);
  if (completed.state !== 'completed') throw new Error('The sample is not a completed one.');
  const described = findings.map((code) => ({
    code,
    severity: 'remark' as const,
    reason: 'It is so.',
    remedy: 'Change it.',
  }));
  const outcome = { ...completed, validity: { verdict: 'VALID WITH REMARKS' as const, findings: described } };
  const cell: ShownResult['cell'] = {
    id: toCellId(runId, 0),
    runId,
    index: 0,
    config: createConfig({ model }),
    outcome,
    provenance: null,
    startedAt: null,
    endedAt: null,
  };
  return { cell, grade };
}

test('results of a model of the user by the rules owe nothing', () => {
  expect(findDebts([createResult('mine')], [], settled)).toEqual([]);
});

test.each([
  ['CUSTOM_RULES', 'rules'],
  ['PLACEMENT_NOT_PROVED', 'placement'],
  ['INPUTS_ASSUMED', 'inputs'],
] as const)('the finding %s is a debt once for all models that have it', (code, subject) => {
  const results = [createResult('one', [code]), createResult('two'), createResult('three', [code])];
  expect(findDebts(results, [], settled)).toEqual([{ subject, models: ['one', 'three'], cellId: results[0]!.cell.id }]);
});

test('other findings are no debts: nothing assumed stands behind them', () => {
  expect(findDebts([createResult('mine', ['DRIFT', 'OTHER_LOAD'])], [], settled)).toEqual([]);
});

test('results of grade quick owe a higher grade', () => {
  expect(findDebts([createResult('mine', [], 'quick')], [], settled)).toMatchObject([
    { subject: 'grade', models: ['mine'] },
  ]);
});

test('a tariff that was not given is owed by all results', () => {
  expect(findDebts([], [], { ...settled, tariffPerKWh: null })).toEqual([
    { subject: 'tariff', models: [], cellId: null },
  ]);
});
