import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { RecipeDescription } from '../../../../shared/domain/recipe-form.ts';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { FailureNote } from '../../../components/states.tsx';
import { api } from '../../../transport/connection.ts';
import { Unread } from '../unread.tsx';
import { useInspection } from '../use-inspection.ts';
import { changeDraft } from './draft-store.ts';
import { dismissJob, useJobs, type Quantized } from './jobs.ts';
import { QuantizationReport } from './quantization-report.tsx';
import classes from './quantize.module.css';
import { QuantizeForm } from './quantize-form.tsx';

/** Makes variants of one model in a lower precision. */
export function QuantizeScreen() {
  const { name } = useParams({ from: '/measure/models/$name/quantize' });
  const job = useJobs((jobs) => jobs[name] ?? null);
  // A reference model is built first, which shows how far it is.
  const inspection = useInspection(name);
  const recipes = useQuery(api.quantization.recipes.queryOptions({ staleTime: Infinity }));
  if (job?.state.phase === 'done') {
    const { made } = job.state;
    const recipe = recipes.data?.find(({ id }) => id === made.report.recipe);
    return <Done made={made} name={name} recipe={recipe} />;
  }
  return (
    <Page
      actions={
        <ButtonLink params={{ name }} to="/measure/models/$name" variant="default">
          Open the model
        </ButtonLink>
      }
      lead="A variant in a lower precision, listed beside the model. The model itself is only read."
      title={`Quantize ${name}`}
    >
      {inspection.model === null && <Unread inspection={inspection} name={name} />}
      {recipes.isError && <FailureNote error={recipes.error} onRetry={() => void recipes.refetch()} />}
      {inspection.model !== null && recipes.data && (
        <QuantizeForm job={job} key={name} name={name} recipes={recipes.data} />
      )}
    </Page>
  );
}

interface DoneProps {
  name: string;
  made: Quantized;
  recipe: RecipeDescription | undefined;
}

function Done({ name, made, recipe }: DoneProps) {
  const variant = made.model.name;
  // What was long is short now: its answer is at the top.
  useEffect(() => {
    window.scrollTo({ top: 0 });
  }, []);
  const another = (): void => {
    // That name is taken now.
    changeDraft(name, { saveAs: null });
    dismissJob(name);
  };
  return (
    <Page
      actions={
        <Button onClick={another} variant="default">
          Make another variant
        </Button>
      }
      lead={<span role="status">{`${recipe?.name ?? made.report.recipe} of ${name}, made and listed.`}</span>}
      title={variant}
    >
      <div className={classes.next}>
        <ButtonLink search={{ baseline: name, candidate: variant }} to="/measure/compare/new">
          {`Compare with ${name}`}
        </ButtonLink>
        <ButtonLink search={{ models: [variant] }} to="/measure/new" variant="default">
          Measure
        </ButtonLink>
        <ButtonLink params={{ name: variant }} to="/measure/models/$name" variant="default">
          Open
        </ButtonLink>
      </div>
      <Panel title="What was made">
        <QuantizationReport quantization={made.report} recipe={recipe} />
      </Panel>
    </Page>
  );
}
