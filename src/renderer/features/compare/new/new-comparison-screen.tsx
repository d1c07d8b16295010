import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { cellIdSchema } from '../../../../shared/domain/ids.ts';
import { Page } from '../../../components/page.tsx';
import { client } from '../../../transport/connection.ts';
import { ComparisonForm } from './comparison-form.tsx';
import { changeDraft, useDraft } from './draft-store.ts';
import { emptyDraft, readDraft, startDraft } from './draft.ts';
import classes from './new.module.css';
import { StartComparison } from './start-comparison.tsx';
import { takeOver } from './take-over.ts';
import { useSideChecks } from './use-side-checks.ts';

const path = '/measure/compare/new';

/** What is compared with what, and beside it what it takes and what of it is not possible here. */
export function NewComparisonScreen() {
  const search = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  const draft = useDraft();
  useEffect(() => {
    if (Object.keys(search).length === 0) return;
    const start = startDraft(search, useDraft.getState());
    if (start !== null) changeDraft(start);
    const result = cellIdSchema.safeParse(search.result);
    if (result.success) {
      // One that was deleted since leaves the form as it is.
      void client.results.get({ cellId: result.data }).then(
        ({ cell }) => changeDraft(takeOver(cell.config, 'baseline', useDraft.getState())),
        () => undefined,
      );
    }
    // Taken over once: coming back by the history must not undo what was written since.
    void navigate({ search: {}, replace: true });
  }, [search, navigate]);
  const { plan, problems } = readDraft(draft);
  const checks = useSideChecks(draft);
  return (
    <Page
      actions={
        <Button onClick={() => changeDraft(emptyDraft)} variant="default">
          Start over
        </Button>
      }
      lead="Two models, or one model on two providers or with two numbers of threads."
      title="New comparison"
    >
      <div className={classes.columns}>
        <ComparisonForm checks={checks} draft={draft} problems={problems} />
        <aside aria-label="What it will take" className={classes.aside}>
          <StartComparison checks={checks} plan={plan} problems={problems} />
        </aside>
      </div>
    </Page>
  );
}
