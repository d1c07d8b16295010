import { Button, TextInput } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import { changeDraft } from './draft-store.ts';
import classes from './new-run.module.css';

interface DimensionsFieldProps {
  dims: Readonly<Record<string, string>>;
  /** Sizes that models need, with those models. */
  needed: ReadonlyMap<string, readonly string[]>;
  problems: Readonly<Record<string, string>>;
}

/** Sizes of dimensions that models leave open: those that are needed, and those that somebody wants to set. */
export function DimensionsField({ dims, needed, problems }: DimensionsFieldProps) {
  const names = [...new Set([...needed.keys(), ...Object.keys(dims)])];
  const set = (name: string, size: string): void => changeDraft({ dims: { ...dims, [name]: size } });
  const remove = (name: string): void => {
    changeDraft({ dims: Object.fromEntries(Object.entries(dims).filter(([other]) => other !== name)) });
  };
  if (names.length === 0) return null;
  return (
    <fieldset className={classes.dims}>
      <legend>Open dimensions</legend>
      {names.map((name) => {
        const models = needed.get(name);
        return (
          <div className={classes.dim} key={name}>
            <TextInput
              description={models === undefined ? undefined : `needed by ${models.join(', ')}`}
              error={problems[name] ?? (models !== undefined && (dims[name] ?? '') === '' && 'Give a size.')}
              inputMode="numeric"
              label={name}
              onChange={({ currentTarget }) => set(name, currentTarget.value)}
              placeholder={models === undefined ? 'by the model' : 'a size'}
              value={dims[name] ?? ''}
            />
            {models === undefined && (
              <Button aria-label={`Remove ${name}`} onClick={() => remove(name)} size="compact-sm" variant="default">
                Remove
              </Button>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

/** Sets a dimension that no model asks for, such as the sequence of a reference model. */
export function AddDimension({ dims }: Pick<DimensionsFieldProps, 'dims'>) {
  const [name, setName] = useState('');
  const add = (): void => {
    const added = name.trim();
    if (added === '') return;
    changeDraft({ dims: { ...dims, [added]: dims[added] ?? '' } });
    setName('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    add();
  };
  return (
    <div className={classes.add}>
      <TextInput
        description="Reference models have sizes of their own; a size that is given here holds for all models."
        label="Set another dimension"
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        onKeyDown={onKeyDown}
        placeholder="its name, e.g. sequence"
        value={name}
      />
      <Button disabled={name.trim() === ''} onClick={add} variant="default">
        Add
      </Button>
    </div>
  );
}
