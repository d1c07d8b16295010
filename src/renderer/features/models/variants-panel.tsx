import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ButtonLink } from '../../components/button-link.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { FailureNote } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { sizeShare, type ListedModel } from './listed-model.ts';
import classes from './model.module.css';
import { QuantizationReport } from './quantize/quantization-report.tsx';
import { useRecipes } from './use-recipes.ts';

/** What was made of a model, and how to make more. */
export function VariantsPanel({ source, models }: { source: ListedModel; models: readonly ListedModel[] }) {
  const variants = models.filter(({ variant }) => variant !== null && variant.of === source.name);
  return (
    <Panel
      actions={
        source.present && (
          <ButtonLink
            params={{ name: source.name }}
            size="compact-sm"
            to="/measure/models/$name/quantize"
            variant="default"
          >
            Quantize
          </ButtonLink>
        )
      }
      title="Variants"
    >
      {variants.length === 0 ? (
        <p className={classes.muted}>None yet: the file itself is the only variant of this model.</p>
      ) : (
        <table className={classes.table}>
          <caption className={classes.hidden}>Variants in a lower precision</caption>
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col">Recipe</th>
              <th className={classes.number} scope="col">
                Size
              </th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>
            {variants.map((variant) => (
              <Variant key={variant.name} source={source} variant={variant} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Variant({ variant: model, source }: { variant: ListedModel; source: ListedModel }) {
  const format = useFormat();
  const recipeOf = useRecipes();
  const { name, variant, sizeBytes, present } = model;
  const share = sizeShare(model, source);
  return (
    <tr>
      <th className={classes.variant} scope="row">
        <Link params={{ name }} to="/measure/models/$name">
          {name}
        </Link>
      </th>
      <td>{variant !== null && (recipeOf(variant.recipe)?.name ?? variant.recipe)}</td>
      <td className={classes.number}>
        {share !== null && <span className={classes.muted}>{format.quantity(share, 'ratio')} · </span>}
        {sizeBytes !== null && format.quantity(sizeBytes, 'B')} <KindMark compact kind="measured" />
      </td>
      <td>
        {present ? (
          <Link search={{ baseline: source.name, candidate: name }} to="/measure/compare/new">
            Compare<span className={classes.hidden}> {name}</span>
          </Link>
        ) : (
          'its file is missing'
        )}
      </td>
    </tr>
  );
}

/** How a variant came to be, where it was made here. */
export function OriginPanel({ model: { name, variant } }: { model: ListedModel }) {
  const report = useQuery(api.quantization.report.queryOptions({ input: { name } }));
  const recipeOf = useRecipes();
  const source = variant?.of ?? null;
  return (
    <Panel
      actions={
        source !== null && (
          <ButtonLink
            search={{ baseline: source, candidate: name }}
            size="compact-sm"
            to="/measure/compare/new"
            variant="default"
          >
            {`Compare with ${source}`}
          </ButtonLink>
        )
      }
      title="How it was made"
    >
      {report.isError && <FailureNote error={report.error} onRetry={() => void report.refetch()} />}
      {report.data === null && (
        <p className={classes.muted}>
          Quantized by this application, elsewhere or from the command line: what became of each node is not stored
          here.
        </p>
      )}
      {report.data && <QuantizationReport quantization={report.data} recipe={recipeOf(report.data.recipe)} />}
    </Panel>
  );
}
