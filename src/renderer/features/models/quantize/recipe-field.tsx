import { Radio } from '@mantine/core';
import type { RecipeId } from '../../../../shared/domain/quantization.ts';
import type { RecipeAdvice, RecipeOpinion } from '../../../../shared/domain/recipe-advice.ts';
import type { RecipeDescription } from '../../../../shared/domain/recipe-form.ts';
import { KindMark } from '../../../components/kind-mark.tsx';
import { useFormat } from '../../../components/use-format.ts';
import classes from './quantize.module.css';

interface RecipeFieldProps {
  advice: RecipeAdvice;
  recipes: readonly RecipeDescription[];
  chosen: RecipeId;
  onChoose: (recipe: RecipeId) => void;
}

/** All recipes with what speaks for and against each here; the latter can be chosen too. */
export function RecipeField({ advice, recipes, chosen, onChoose }: RecipeFieldProps) {
  const format = useFormat();
  const { basis, opinions, nothing, sizeBytes, evidence } = advice;
  const against = opinions.filter(({ stance }) => stance === 'against');
  const proposed = opinions.filter(({ stance }) => stance === 'proposed');
  // As exact as a tenth of a percent, so that nearly all is not called all.
  const toPercent = (share: number): string =>
    share === 0 || share === 1 ? format.quantity(share, 'ratio') : format.parts(share, 'ratio', 0.01).text;
  const toOption = (opinion: RecipeOpinion) => (
    <RecipeOption
      key={opinion.recipe}
      name={recipes.find(({ id }) => id === opinion.recipe)?.name ?? opinion.recipe}
      opinion={opinion}
      sizeBytes={sizeBytes}
    />
  );
  return (
    <Radio.Group
      label="Recipe"
      labelProps={{ className: classes.hidden }}
      onChange={(value) => {
        const opinion = opinions.find(({ recipe }) => recipe === value);
        if (opinion !== undefined) onChoose(opinion.recipe);
      }}
      value={chosen}
    >
      <p className={classes.basis}>
        {basis.kind === 'macs'
          ? `Of its multiply-accumulates at batch 1, ${toPercent(basis.convolutionShare)} are convolutions and ${toPercent(basis.productShare)} products with constant weights.`
          : `It could not be run without sizes, so its weights stand for its work: ${toPercent(basis.convolutionShare)} are in convolutions, ${toPercent(basis.productShare)} in products.`}{' '}
        <KindMark kind="computed" />
      </p>
      <h3 className={classes.stance}>Proposed here</h3>
      {nothing === null ? <div className={classes.options}>{proposed.map(toOption)}</div> : <p>{nothing}</p>}
      {against.length > 0 && (
        <>
          <h3 className={classes.stance}>Advised against here</h3>
          <div className={classes.options}>{against.map(toOption)}</div>
        </>
      )}
      <p className={classes.evidence}>{evidence}</p>
    </Radio.Group>
  );
}

function RecipeOption({ opinion, name, sizeBytes }: { opinion: RecipeOpinion; name: string; sizeBytes: number }) {
  const format = useFormat();
  return (
    <Radio
      classNames={{ labelWrapper: classes.optionBody ?? '', label: classes.optionLabel ?? '' }}
      description={
        <>
          <span className={classes.reason}>{opinion.reason}</span>
          {opinion.caution !== null && <span className={classes.caution}>{opinion.caution}</span>}
        </>
      }
      label={
        <span className={classes.optionHead}>
          <span className={classes.optionName}>{name}</span>
          <span className={classes.optionSize}>
            about {format.parts(opinion.sizeBytes, 'B', opinion.sizeBytes / 2).text} ·{' '}
            {format.quantity(Math.round((100 * opinion.sizeBytes) / sizeBytes), 'percent')}{' '}
            <KindMark compact kind="computed" />
          </span>
        </span>
      }
      value={opinion.recipe}
    />
  );
}
