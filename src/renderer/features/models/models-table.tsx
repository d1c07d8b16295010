import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { KindMark } from '../../components/kind-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import type { ListedModel } from './listed-model.ts';
import classes from './models.module.css';
import { RemoveModel } from './remove-model.tsx';

interface ModelsTableProps {
  models: readonly ListedModel[];
  isFiltered: boolean;
  onImport: () => void;
  onShowAll: () => void;
}

/** The user's models first: they are why somebody is here. */
export function ModelsTable({ models, isFiltered, onImport, onShowAll }: ModelsTableProps) {
  const own = models.filter(({ kind }) => kind !== 'reference');
  const reference = models.filter(({ kind }) => kind === 'reference');
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
          <th className={classes.number} scope="col">
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
          {own.map((model) => (
            <ModelRow key={model.name} model={model} />
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
          {reference.map((model) => (
            <ModelRow key={model.name} model={model} />
          ))}
        </tbody>
      )}
    </table>
  );
}

function ModelRow({ model }: { model: ListedModel }) {
  const { name, kind, title, source, parameters, macs, sizeBytes, present, missing, copied } = model;
  const format = useFormat();
  const isReference = kind === 'reference';
  return (
    <tr>
      <th className={classes.name} scope="row">
        <Link params={{ name }} to="/measure/models/$name">
          {name}
        </Link>
        {kind === 'quantized' && <span className={classes.absent}> quantized</span>}
      </th>
      {present ? (
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
        <Link params={{ name }} to="/measure/models/$name">
          Open<span className={classes.hidden}> {name}</span>
        </Link>
        {!isReference && <RemoveModel copied={copied} name={name} />}
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
