import { Button, TextInput } from '@mantine/core';
import { changeDraft } from './draft-store.ts';
import classes from './new.module.css';

interface DimensionSizesProps {
  dims: Readonly<Record<string, string>>;
  /** Sizes that models need, with those models. */
  needed: ReadonlyMap<string, readonly string[]>;
  problems: Readonly<Record<string, string>>;
}

/** Sizes of dimensions that models leave open, the same for both sides. */
export function DimensionSizes({ dims, needed, problems }: DimensionSizesProps) {
  const names = [...new Set([...needed.keys(), ...Object.keys(dims)])];
  if (names.length === 0) return null;
  const set = (name: string, size: string): void => changeDraft({ dims: { ...dims, [name]: size } });
  const remove = (name: string): void => {
    changeDraft({ dims: Object.fromEntries(Object.entries(dims).filter(([other]) => other !== name)) });
  };
  return (
    <fieldset className={classes.side}>
      <legend>Open dimensions</legend>
      {names.map((name) => {
        const models = needed.get(name);
        const isMissing = models !== undefined && (dims[name] ?? '') === '';
        return (
          <div className={classes.dim} key={name}>
            <TextInput
              description={models === undefined ? undefined : `needed by ${models.join(', ')}`}
              error={problems[name] ?? (isMissing && 'Give a size.')}
              inputMode="numeric"
              label={name}
              onChange={({ currentTarget }) => set(name, currentTarget.value)}
              placeholder={models === undefined ? 'by the model' : 'a size'}
              value={dims[name] ?? ''}
            />
            {models === undefined && (
              <Button aria-label={`Remove ${name}`} onClick={() => remove(name)} variant="default">
                Remove
              </Button>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
