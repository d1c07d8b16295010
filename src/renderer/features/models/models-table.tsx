import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { KindMark } from '../../components/kind-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import { arrangeModels, sizeShare, type ListedModel, type ModelLine } from './listed-model.ts';
import classes from './models.module.css';
import { RemoveModel } from './remove-model.tsx';
import { useRecipes } from './use-recipes.ts';

interface ModelsTableProps {
  models: readonly ListedModel[];
  isFiltered: boolean;
  onImport: () => void;
  onShowAll: () => void;
}

/** The user's models first: they are why somebody is here. Variants stand below what they were made from. */
export function ModelsTable({ models, isFiltered, onImport, onShowAll }: ModelsTableProps) {
  const { own, reference } = arrangeModels(models);
  if (isFiltered && models.length === 0) {
    return (
      <p className={classes.nothing}>
        No model matches the filter.{' '}
        <Button onClick={onShowAll} size="compact-sm" variant="default">
          Show all
        </Button>
      </p>
    );
  }
  return (
    <table className={classes.table}>
      <caption className={classes.hidden}>Models that can be measured</caption>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Source</th>
          <th className={classes.number} scope="col">
            Parameters
          </th>
          <th className={classes.macs} scope="col">
            MACs of one sample
          </th>
          <th className={classes.number} scope="col">
            Size
          </th>
          <th scope="col">File</th>
          <th scope="col">Actions</th>
        </tr>
      </thead>
      {(own.length > 0 || !isFiltered) && (
        <tbody>
          <tr>
            <th className={classes.group} colSpan={7} scope="rowgroup">
              Your models
            </th>
          </tr>
          {own.map((line) => (
            <ModelRow key={line.model.name} line={line} />
          ))}
          {own.length === 0 && (
            <tr>
              <td className={classes.none} colSpan={7}>
                None yet. Drop an .onnx file on this screen, or{' '}
                <Button onClick={onImport} size="compact-sm" variant="default">
                  Import a model
                </Button>
              </td>
            </tr>
          )}
        </tbody>
      )}
      {reference.length > 0 && (
        <tbody>
          <tr>
            <th className={classes.group} colSpan={7} scope="rowgroup">
              Reference models
            </th>
          </tr>
          {reference.map((line) => (
            <ModelRow key={line.model.name} line={line} />
          ))}
        </tbody>
      )}
    </table>
  );
}

function ModelRow({ line: { model, source: made } }: { line: ModelLine }) {
  const { name, kind, title, source, parameters, macs, sizeBytes, present, missing, copied, variant } = model;
  const format = useFormat();
  const recipeOf = useRecipes();
  const isReference = kind === 'reference';
  const share = sizeShare(model, made);
  return (
    <tr>
      <th className={classes.name} data-variant={made !== null || undefined} scope="row">
        <Link params={{ name }} to="/measure/models/$name">
          {name}
        </Link>
      </th>
      {present && variant !== null ? (
        <td
          className={classes.source}
          title={variant.isQualityVoid ? `${source}: calibrated with generated inputs, so its quality is void` : source}
        >
          {recipeOf(variant.recipe)?.name ?? variant.recipe}
          {made === null && ` of ${variant.of ?? 'a model that is not listed'}`}
          {variant.isQualityVoid && ' · speed only'}
        </td>
      ) : present ? (
        <td className={isReference ? classes.source : classes.file} title={source}>
          {isReference ? `${title} · ${source}` : source}
        </td>
      ) : (
        <td className={classes.remedy}>
          The file is not at <code>{missing}</code> any more. Put it back there, or remove the model.
        </td>
      )}
      <td className={classes.number}>
        {format.count(parameters.value)} <KindMark compact kind={parameters.kind} />
      </td>
      <td className={classes.number}>
        {macs === null ? (
          <span className={classes.absent}>open to count</span>
        ) : (
          <>
            {format.quantity(macs.value, macs.unit)} <KindMark compact kind={macs.kind} />
          </>
        )}
      </td>
      <td className={classes.number}>
        {sizeBytes === null ? (
          <span className={classes.absent}>built on first use</span>
        ) : (
          <>
            {share !== null && <span className={classes.absent}>{format.quantity(share, 'ratio')} · </span>}
            {format.quantity(sizeBytes, 'B')} <KindMark compact kind="measured" />
          </>
        )}
      </td>
      <td className={classes.state}>{present ? isReference ? 'built in' : 'present' : <Missing />}</td>
      <td className={classes.actions}>
        {present && (
          <Link search={{ models: [name] }} to="/measure/new">
            Measure<span className={classes.hidden}> {name}</span>
          </Link>
        )}
        {present && variant === null && (
          <Link params={{ name }} to="/measure/models/$name/quantize">
            Quantize<span className={classes.hidden}> {name}</span>
          </Link>
        )}
        {present && variant?.of != null && (
          <Link search={{ baseline: variant.of, candidate: name }} to="/measure/compare/new">
            Compare<span className={classes.hidden}> {name} with its source</span>
          </Link>
        )}
        {!isReference && <RemoveModel copied={copied} isVariant={kind === 'quantized'} name={name} />}
      </td>
    </tr>
  );
}

function Missing() {
  return (
    <span className={classes.missing}>
      <span aria-hidden="true">✕</span> missing
    </span>
  );
}
