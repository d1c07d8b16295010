import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ComparisonPlan } from '../../../shared/domain/comparison.ts';
import { startComparison, useComparisonSession } from '../../transport/comparison-session.ts';
import { isComparing } from '../../transport/comparison-state.ts';
import { api } from '../../transport/connection.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';

/** Starts comparisons and shows them; `isBusy` while this machine measures something, as far as this page knows. */
export function useStartComparison(): { start: (plan: ComparisonPlan) => void; isBusy: boolean } {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const comparing = useComparisonSession(({ session }) => isComparing(session));
  return {
    isBusy: measuring || comparing,
    start(plan) {
      void startComparison(plan, () => void queryClient.invalidateQueries({ queryKey: api.comparisons.key() }));
      void navigate({ to: '/measure/compare/running' });
    },
  };
}
