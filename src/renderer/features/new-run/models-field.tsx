import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FailureNote } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { changeDraft } from './draft-store.ts';
import classes from './new-run.module.css';

export function ModelsField({ models }: { models: readonly string[] }) {
  const format = useFormat();
  const listed = useQuery(api.models.list.queryOptions());
  const all = listed.data ?? [];
  const toOption = ({ name, present }: (typeof all)[number]) => ({
    value: name,
    label: name,
    // One that was chosen before must be possible to take out.
    disabled: !present && !models.includes(name),
  });
  const own = all.filter(({ kind }) => kind !== 'reference').map(toOption);
  const reference = all.filter(({ kind }) => kind === 'reference').map(toOption);
  // A model that was removed since stays visible, so that it can be taken out.
  const gone = models.filter((name) => !all.some((model) => model.name === name));
  const groups = [
    { group: 'Your models', items: own },
    { group: 'Reference models', items: reference },
    { group: 'Not in the list', items: gone.map((name) => ({ value: name, label: name })) },
  ].filter(({ items }) => items.length > 0);
  return (
    <div>
      <MultiSelect
        classNames={{ inputField: classes.searchField ?? '' }}
        data={groups}
        label="Models"
        maxDropdownHeight={320}
        nothingFoundMessage="No model has this name."
        onChange={(names) => changeDraft({ models: names })}
        placeholder={models.length === 0 ? 'Choose models' : ''}
        renderOption={({ option }) => {
          const model = all.find(({ name }) => name === option.value);
          const detail =
            model === undefined
              ? 'removed'
              : model.present
                ? `${model.kind === 'reference' ? model.title : model.kind} · ${format.count(model.parameters.value)} parameters`
                : `its file is missing: ${model.source}`;
          return (
            <span className={classes.option}>
              {option.label} <span className={classes.muted}>{detail}</span>
            </span>
          );
        }}
        searchable
        value={[...models]}
      />
      {listed.isError && <FailureNote error={listed.error} onRetry={() => void listed.refetch()} />}
      <p className={classes.hint}>
        Not in the list?{' '}
        <Link search={{ import: true }} to="/measure/models">
          Import a model
        </Link>
      </p>
    </div>
  );
}
