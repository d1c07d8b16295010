import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import { emptyDraft, readDraft } from './draft.ts';
import { changeDraft, useDraft } from './draft-store.ts';
import classes from './new-run.module.css';
import { PlanForm } from './plan-form.tsx';
import { PlanPreview } from './plan-preview.tsx';
import { StartRun } from './start-run.tsx';
import { readNeededDimensions, usePreview } from './use-preview.ts';
import { useTakeOver } from './use-take-over.ts';

const path = '/measure/new';

/** A plan, and beside it what it will take and what of it cannot be measured here. */
export function NewRunScreen() {
  const search = useSearch({ from: path });
  const lost = useTakeOver(search);
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
      {lost !== null && <FailureNote error={lost} />}
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
