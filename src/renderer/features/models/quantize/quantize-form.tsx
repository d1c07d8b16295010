import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { providerIdSchema } from '../../../../shared/domain/provider.ts';
import type { RecipeAdvice } from '../../../../shared/domain/recipe-advice.ts';
import type { RecipeDescription } from '../../../../shared/domain/recipe-form.ts';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Panel } from '../../../components/page.tsx';
import { ProviderAnswer } from '../../../components/provider-answer.tsx';
import { providerNames } from '../../../components/provider-names.ts';
import { Empty, FailureNote, Loading } from '../../../components/states.tsx';
import { useProviders } from '../../../components/use-providers.ts';
import { api } from '../../../transport/connection.ts';
import { symbolsOf } from '../dimensions.ts';
import { useInspection } from '../use-inspection.ts';
import { CalibrationField } from './calibration-field.tsx';
import { DimensionFields } from './dimension-fields.tsx';
import {
  chosenRecipe,
  explainDimension,
  explainMaxDrop,
  explainName,
  explainValue,
  parseDimensions,
  parseMaxDrop,
  shownValues,
  suggestName,
  toParameters,
  type FieldValues,
  type QuantizeDraft,
} from './draft.ts';
import { changeDraft, useDraft } from './draft-store.ts';
import { ExclusionField } from './exclusion-field.tsx';
import { JobView } from './job-view.tsx';
import { startJob, type Job } from './jobs.ts';
import { ParameterFields } from './parameter-fields.tsx';
import classes from './quantize.module.css';
import { QualityBoundField } from './quality-bound-field.tsx';
import { RecipeField } from './recipe-field.tsx';

interface QuantizeFormProps {
  name: string;
  recipes: readonly RecipeDescription[];
  job: Job | null;
}

/** Provider, recipe and what goes with it; beside them what is made of the choices. */
export function QuantizeForm({ name, recipes, job }: QuantizeFormProps) {
  const draft = useDraft(name);
  const { provider } = draft;
  const advice = useQuery(api.quantization.proposals.queryOptions({ input: { name, provider }, staleTime: 60_000 }));
  const { data: models = [] } = useQuery(api.models.list.queryOptions());
  const id = chosenRecipe(draft, advice.data);
  const recipe = recipes.find((one) => one.id === id);
  const isRunning = job?.state.phase === 'running';
  if (advice.data?.isQuantized === true) {
    return <AlreadyQuantized source={models.find((model) => model.name === name)?.variant?.of ?? null} />;
  }
  return (
    <div className={classes.columns}>
      {/* While something is made, nothing of what it was made from may seem to change it. */}
      <fieldset className={classes.choices} disabled={isRunning}>
        <legend className={classes.hidden}>What to make</legend>
        <ProviderField draft={draft} name={name} />
        <Panel title="Recipe">
          {advice.isPending && <Loading what={`Running ${name} once to learn where its work is.`} />}
          {advice.isError && <FailureNote error={advice.error} onRetry={() => void advice.refetch()} />}
          {advice.data && id !== null && (
            <RecipeField
              advice={advice.data}
              chosen={id}
              onChoose={(chosen) => changeDraft(name, { recipe: chosen })}
              recipes={recipes}
            />
          )}
        </Panel>
      </fieldset>
      {recipe !== undefined && (
        <Variant
          advice={advice.data}
          draft={draft}
          job={job}
          // What was typed as a name belongs to one recipe.
          key={recipe.id}
          name={name}
          recipe={recipe}
          taken={models.map((model) => model.name)}
        />
      )}
    </div>
  );
}

/** Integers cannot be made of integers: what is wanted is the model before. */
function AlreadyQuantized({ source }: { source: string | null }) {
  return (
    <Empty
      action={
        source !== null && (
          <ButtonLink params={{ name: source }} to="/measure/models/$name/quantize">
            {`Quantize ${source}`}
          </ButtonLink>
        )
      }
    >
      This model is quantized already. Quantize the float32 model that it was made from.
    </Empty>
  );
}

function ProviderField({ name, draft: { provider } }: { name: string; draft: QuantizeDraft }) {
  const { reports } = useProviders();
  const report = reports.find(({ id }) => id === provider);
  const isOut = report?.status.status === 'unavailable';
  return (
    <div className={classes.provider}>
      <NativeSelect
        data={providerIdSchema.options.map((id) => ({ value: id, label: providerNames[id] }))}
        description="What a recipe gains depends on the kernels of the provider."
        label="To be run on"
        onChange={({ currentTarget }) =>
          changeDraft(name, { provider: providerIdSchema.parse(currentTarget.value), recipe: null, saveAs: null })
        }
        value={provider}
      />
      {isOut && (
        <p className={classes.muted}>
          Not on this machine: <ProviderAnswer status={report.status} /> The file can be made all the same.
        </p>
      )}
    </div>
  );
}

interface VariantProps {
  name: string;
  draft: QuantizeDraft;
  recipe: RecipeDescription;
  advice: RecipeAdvice | undefined;
  /** Names that models have already. */
  taken: readonly string[];
  job: Job | null;
}

/** The parameters of the chosen recipe, and the action. */
function Variant({ name, draft, recipe, advice, taken, job }: VariantProps) {
  const opinion = advice?.opinions.find((one) => one.recipe === recipe.id);
  const changed = draft.values[recipe.id] ?? {};
  const values = shownValues(recipe.parameters, (opinion?.parameters ?? {}) as FieldValues, changed);
  const given = toParameters(recipe, values);
  const { model } = useInspection(name);
  const symbols = model === null ? [] : symbolsOf(model.summary.inputs).filter((symbol) => symbol !== 'batch');
  // What is not as it comes is not hidden.
  const [isMoreOpen, setIsMoreOpen] = useState(() => describeChanges(given, draft) !== asItComes);
  const saveAs = draft.saveAs ?? suggestName(name, recipe.id, taken);
  const isRunning = job?.state.phase === 'running';
  const nameProblem = isRunning ? null : explainName(saveAs, taken);
  const isValid =
    nameProblem === null &&
    explainMaxDrop(draft.maxDrop) === null &&
    symbols.every((symbol) => explainDimension(draft.dims[symbol]) === null) &&
    recipe.parameters.every((field) => explainValue(field, values[field.name]) === null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isValid || isRunning) return;
    const { excluded } = draft;
    const maxDrop = parseMaxDrop(draft.maxDrop);
    void startJob({
      name,
      recipe: recipe.id,
      parameters: given,
      excluded: [...excluded],
      calibration: recipe.usesCalibration ? toPlace(draft.calibration) : null,
      maxDrop,
      evaluation: maxDrop === null && !draft.ranks ? null : toPlace(draft.evaluation),
      ranks: draft.ranks,
      dims: parseDimensions(symbols, draft.dims),
      saveAs: saveAs.trim(),
    });
  };
  return (
    <form aria-label="Variant" className={classes.variant} onSubmit={submit}>
      <Panel title={recipe.name}>
        <p className={classes.summary}>{recipe.summary}</p>
        <fieldset className={classes.choices} disabled={isRunning}>
          <legend className={classes.hidden}>Parameters</legend>
          {recipe.usesCalibration && (
            <CalibrationField
              name={name}
              onChange={(calibration) => changeDraft(name, { calibration })}
              otherwise={advice?.calibration ?? 'generated'}
              value={draft.calibration}
            />
          )}
          <TextInput
            error={nameProblem}
            label="Name of the variant"
            onChange={({ currentTarget }) => changeDraft(name, { saveAs: currentTarget.value })}
            spellCheck={false}
            value={saveAs}
          />
          <details
            className={classes.more}
            onToggle={({ currentTarget }) => setIsMoreOpen(currentTarget.open)}
            open={isMoreOpen}
          >
            <summary>
              Parameters, nodes and loss <span className={classes.muted}>{describeChanges(given, draft)}</span>
            </summary>
            <div className={classes.moreFields}>
              <ParameterFields
                fields={recipe.parameters}
                onChange={(field, value) =>
                  changeDraft(name, { values: { ...draft.values, [recipe.id]: { ...changed, [field]: value } } })
                }
                values={values}
              />
              <ExclusionField
                excluded={draft.excluded}
                name={name}
                onChange={(excluded) => changeDraft(name, { excluded })}
              />
              <QualityBoundField
                evaluation={draft.evaluation}
                maxDrop={draft.maxDrop}
                onChange={(change) => changeDraft(name, change)}
                own={advice?.calibration ?? 'generated'}
                ranks={draft.ranks}
              />
              <DimensionFields dims={draft.dims} onChange={(dims) => changeDraft(name, { dims })} symbols={symbols} />
            </div>
          </details>
        </fieldset>
        <JobView
          job={job}
          start={
            <Button disabled={!isValid} type="submit">
              Quantize
            </Button>
          }
        />
      </Panel>
    </form>
  );
}

function toPlace(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

const asItComes = 'as the recipe comes';

/** What differs from the recipe as it comes, in a few words. */
function describeChanges(
  parameters: Readonly<Record<string, unknown>>,
  { excluded, maxDrop, ranks, dims }: QuantizeDraft,
): string {
  const count = Object.keys(parameters).length;
  const parts = [
    ...(count === 0 ? [] : [`${count} changed`]),
    ...(excluded.length === 0 ? [] : [`${excluded.length} excluded`]),
    ...(maxDrop.trim() === '' ? [] : [`loss up to ${maxDrop.trim()} %`]),
    ...(ranks ? ['nodes ranked'] : []),
    ...(Object.values(dims).some((size) => size.trim() !== '') ? ['sizes given'] : []),
  ];
  return parts.length === 0 ? asItComes : parts.join(', ');
}
