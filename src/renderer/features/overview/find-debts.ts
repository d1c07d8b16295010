import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../shared/contract/index.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import type { GradeId } from '../../../shared/domain/plan.ts';

/** Something that numbers rest on without its having been measured. */
export interface Debt {
  subject: 'tariff' | 'grade' | 'rules' | 'placement' | 'inputs' | 'accuracy';
  /** Names of the models that it concerns; empty: all results. */
  models: string[];
  /** The result that shows it best. */
  cellId: CellRecord['id'] | null;
}

export interface ShownResult {
  cell: CellRecord;
  grade: GradeId | null;
}

type ListedModel = InferContractRouterOutputs<typeof contract>['models']['list'][number];

/** Finding codes of the core (docs/method/measurement.md, validity) that are debts. */
const debtFindings = {
  rules: 'CUSTOM_RULES',
  placement: 'PLACEMENT_NOT_PROVED',
  inputs: 'INPUTS_ASSUMED',
} as const;

/** The debts behind the results that the overview shows, those that weigh on every number first. */
export function findDebts(results: readonly ShownResult[], models: readonly ListedModel[], settings: Settings): Debt[] {
  const debts: Debt[] = [];
  const owe = (subject: Debt['subject'], owing: readonly ShownResult[]): void => {
    const [first] = owing;
    if (first === undefined) return;
    const names = new Set(owing.map(({ cell }) => cell.config.model));
    debts.push({ subject, models: [...names], cellId: first.cell.id });
  };
  owe(
    'grade',
    results.filter(({ grade }) => grade === 'quick'),
  );
  for (const subject of ['rules', 'placement', 'inputs'] as const) {
    owe(
      subject,
      results.filter(({ cell }) => hasFinding(cell, debtFindings[subject])),
    );
  }
  owe(
    'accuracy',
    results.filter(({ cell }) => {
      const kind = models.find(({ name }) => name === cell.config.model)?.kind;
      return kind === 'reference' && cell.outcome.state === 'completed' && cell.outcome.measurement.accuracy === null;
    }),
  );
  if (settings.tariffPerKWh === null) debts.push({ subject: 'tariff', models: [], cellId: null });
  return debts;
}

function hasFinding({ outcome }: CellRecord, code: string): boolean {
  return outcome.state === 'completed' && outcome.validity.findings.some((finding) => finding.code === code);
}
