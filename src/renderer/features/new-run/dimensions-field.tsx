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
  return (
    <fieldset className={classes.dims}>
      <legend>Open dimensions</legend>
      {names.length === 0 && (
        <p className={classes.hint}>The chosen models need no size; reference models have their own.</p>
      )}
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
              placeholder="by the model"
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
      <AddDimension onAdd={(name) => set(name, dims[name] ?? '')} />
    </fieldset>
  );
}

function AddDimension({ onAdd }: { onAdd: (name: string) => void }) {
  const [name, setName] = useState('');
  const add = (): void => {
    if (name.trim() === '') return;
    onAdd(name.trim());
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
        aria-label="Name of a dimension to set"
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        onKeyDown={onKeyDown}
        placeholder="another dimension, e.g. sequence"
        size="xs"
        value={name}
      />
      <Button disabled={name.trim() === ''} onClick={add} size="compact-sm" variant="default">
        Add
      </Button>
    </div>
  );
}
