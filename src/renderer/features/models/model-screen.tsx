import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ButtonLink } from '../../components/button-link.tsx';
import { Page } from '../../components/page.tsx';
import { api } from '../../transport/connection.ts';
import type { ListedModel } from './listed-model.ts';
import classes from './model.module.css';
import { ModelCostPanel } from './model-cost.tsx';
import { GraphPanel, IdentityPanel, TensorsPanel } from './model-summary.tsx';
import { RemoveModel } from './remove-model.tsx';
import { Unread } from './unread.tsx';
import { useInspection } from './use-inspection.ts';
import { useRecipes } from './use-recipes.ts';
import { OriginPanel, VariantsPanel } from './variants-panel.tsx';

/** One model: what it is, what is in it, and what one execution of it costs. */
export function ModelScreen() {
  const { name } = useParams({ from: '/measure/models/$name' });
  const navigate = useNavigate();
  const { data: models } = useQuery(api.models.list.queryOptions());
  const listed = models?.find((model) => model.name === name);
  const inspection = useInspection(name);
  const { model } = inspection;
  const isOwn = listed !== undefined && listed.kind !== 'reference';
  return (
    <Page
      actions={
        <>
          {isOwn && (
            <RemoveModel
              copied={listed.copied}
              isVariant={listed.kind === 'quantized'}
              name={name}
              onRemoved={() => void navigate({ to: '/measure/models' })}
            />
          )}
          <ButtonLink search={{ model: name }} to="/measure/results" variant="default">
            Results of this model
          </ButtonLink>
          {listed?.present === true && listed.variant === null && (
            <ButtonLink params={{ name }} to="/measure/models/$name/quantize" variant="default">
              Quantize
            </ButtonLink>
          )}
          <ButtonLink search={{ model: name }} to="/measure/profile" variant="default">
            Profile
          </ButtonLink>
          <ButtonLink search={{ models: [name] }} to="/measure/new">
            Measure
          </ButtonLink>
        </>
      }
      lead={listed && <Lead model={listed} />}
      title={name}
    >
      {model === null ? (
        <Unread inspection={inspection} name={name} />
      ) : (
        <>
          {listed?.variant != null && <OriginPanel model={listed} />}
          <ModelCostPanel isReference={listed?.kind === 'reference'} key={name} model={model} />
          <div className={classes.columns}>
            <GraphPanel summary={model.summary} />
            <div>
              {listed?.variant === null && <VariantsPanel models={models ?? []} source={listed} />}
              <TensorsPanel summary={model.summary} />
              <IdentityPanel model={model} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function Lead({ model: { title, kind, source, variant } }: { model: ListedModel }) {
  const recipeOf = useRecipes();
  if (variant === null) return <span className={classes.lead}>{`${title} · ${kind} · ${source}`}</span>;
  return (
    <span className={classes.lead}>
      {recipeOf(variant.recipe)?.name ?? variant.recipe} of{' '}
      {variant.of === null ? (
        'a model that is not listed'
      ) : (
        <Link params={{ name: variant.of }} to="/measure/models/$name">
          {variant.of}
        </Link>
      )}
    </span>
  );
}
