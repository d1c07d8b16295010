import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { narrowPlan } from '../../../shared/command.ts';
import { cellIdSchema, runIdSchema } from '../../../shared/domain/ids.ts';
import { api } from '../../transport/connection.ts';
import { startDraft, toDraft } from './draft.ts';
import { changeDraft } from './draft-store.ts';
import type { NewRunSearch } from './search.ts';

const path = '/measure/new';

/**
 * Takes over what the address asks for, once: coming back by the history must not undo what was written since. Returns
 * the failure to read the result that is to be measured again.
 */
export function useTakeOver(search: NewRunSearch): Error | null {
  const navigate = useNavigate({ from: path });
  const cellId = cellIdSchema.safeParse(search.again);
  const result = useQuery({
    ...api.results.get.queryOptions({ input: { cellId: cellId.data ?? cellIdSchema.parse(noCell) } }),
    enabled: cellId.success,
  });
  const cell = result.data?.cell;
  const run = useQuery({
    ...api.runs.get.queryOptions({ input: { runId: cell?.runId ?? runIdSchema.parse(noRun) } }),
    enabled: cell !== undefined,
  });
  const plan = run.data?.run.plan;
  const asked = search.again === undefined ? startDraft(search) : null;
  useEffect(() => {
    if (asked !== null) changeDraft(asked);
    else if (cell !== undefined && plan !== undefined) changeDraft(toDraft(narrowPlan(plan, cell.config)));
    else return;
    void navigate({ search: {}, replace: true });
  }, [asked, cell, plan, navigate]);
  return search.again === undefined ? null : (result.error ?? run.error);
}

/** Stand where nothing is asked for; they are never sent. */
const noRun = 'run_0000000000000000';
const noCell = `${noRun}.0`;
