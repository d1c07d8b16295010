import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Page } from '../../components/page.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import { emptyDraft, readDraft, startDraft } from './draft.ts';
import { changeDraft, useDraft } from './draft-store.ts';
import classes from './new-run.module.css';
import { PlanForm } from './plan-form.tsx';
import { PlanPreview } from './plan-preview.tsx';
import { StartRun } from './start-run.tsx';
import { readNeededDimensions, usePreview } from './use-preview.ts';

const path = '/measure/new';

/** A plan, and beside it what it will take and what of it cannot be measured here. */
export function NewRunScreen() {
  const search = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  useEffect(() => {
    const start = startDraft(search);
    if (start === null) return;
    changeDraft(start);
    // Taken over once: coming back by the history must not undo what was written since.
    void navigate({ search: {}, replace: true });
  }, [search, navigate]);
  const { data, error, refetch } = useQuery(api.settings.get.queryOptions());
  return (
    <Page
      actions={
        <Button onClick={() => changeDraft(emptyDraft)} variant="default">
          Start over
        </Button>
      }
      lead="Every combination of models, providers, threads and batches is one configuration."
      title="New run"
    >
      {data !== undefined && <Plan defaultGrade={data.settings.defaultGrade} />}
      {data === undefined && error === null && <Loading what="Reading the settings." />}
      {data === undefined && error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Plan({ defaultGrade }: { defaultGrade: Parameters<typeof readDraft>[1] }) {
  const draft = useDraft();
  const { plan, problems } = readDraft(draft, defaultGrade);
  const preview = usePreview(plan);
  const cells = plan === null ? [] : (preview.check.data ?? []);
  const needed = readNeededDimensions(cells);
  return (
    <div className={classes.columns}>
      <PlanForm defaultGrade={defaultGrade} draft={draft} needed={needed} problems={problems} />
      <aside aria-label="What it will take" className={classes.aside}>
        <StartRun needed={[...needed.keys()]} plan={plan} preview={preview} problems={problems} />
        <PlanPreview plan={plan} preview={preview} />
      </aside>
    </div>
  );
}
