import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { providerIdSchema } from '../../../shared/domain/provider.ts';
import { shortName } from '../../components/describe-config.ts';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { formatMoment } from './format-moment.ts';
import { shortRunId, type ListedCell } from './listed-cell.ts';
import classes from './results.module.css';
import { parseResultsSearch, states, verdicts, type ResultsSearch } from './search.ts';

/** Runs offered by name; an older one is reached by its result or its address. */
const mostRuns = 200;

const stateWords: Readonly<Record<ListedCell['state'], string>> = {
  pending: 'waiting',
  running: 'measuring',
  completed: 'measured',
  failed: 'not measured',
  crashed: 'engine crashed',
  'timed-out': 'timed out',
  cancelled: 'cancelled',
  skipped: 'left out',
};

interface FilterBarProps {
  search: ResultsSearch;
  /** What is loaded, in which models and runs are found that nothing else lists. */
  cells: readonly ListedCell[];
  /** How many pass, in words. */
  count: string;
}

/** The filters of the history. They are the address, so that a view can be kept, shared and gone back to. */
export function FilterBar({ search, cells, count }: FilterBarProps) {
  const navigate = useNavigate({ from: '/measure/results' });
  const { locale } = useFormat();
  const { data: listed = [] } = useQuery(api.models.list.queryOptions());
  const chosen = Object.keys(search).length;
  const choose = (change: Record<string, string | null>) =>
    void navigate({ search: parseResultsSearch({ ...search, ...change }) });
  const models = unique([...listed.map(({ name }) => name), ...cells.map(({ model }) => model), search.model]);
  const runs = unique([search.run, ...firstOfRuns(cells).map(({ runId }) => runId)]);
  const starts = new Map(firstOfRuns(cells).map(({ runId, startedAt }) => [runId as string, startedAt]));
  const nameRun = (run: string): string => {
    const at = starts.get(run);
    return at == null ? run : `${formatMoment(at, locale)} · ${shortRunId(run)}`;
  };
  return (
    <div aria-label="Filters" className={classes.filters} role="group">
      <Filter
        label="Model"
        onChange={(model) => choose({ model })}
        options={models.map((value) => ({ value, label: shortName(value) }))}
        value={search.model}
      />
      <Filter
        label="Provider"
        onChange={(provider) => choose({ provider })}
        options={providerIdSchema.options.map((value) => ({ value, label: value }))}
        value={search.provider}
      />
      <Filter
        label="Verdict"
        onChange={(verdict) => choose({ verdict })}
        options={verdicts.map((value) => ({ value, label: value }))}
        value={search.verdict}
      />
      <Filter
        label="State"
        onChange={(state) => choose({ state })}
        options={states.map((value) => ({ value, label: stateWords[value] }))}
        value={search.state}
      />
      <Filter
        label="Run"
        onChange={(run) => choose({ run })}
        options={runs.map((value) => ({ value, label: nameRun(value) }))}
        value={search.run}
      />
      <div className={classes.count}>
        <span role="status">{count}</span>
        {chosen > 0 && (
          <Button onClick={() => void navigate({ search: {} })} size="compact-sm" variant="default">
            {chosen === 1 ? 'Clear the filter' : `Clear ${chosen} filters`}
          </Button>
        )}
      </div>
    </div>
  );
}

interface FilterProps {
  label: string;
  options: { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | null) => void;
}

function Filter({ label, options, value, onChange }: FilterProps) {
  return (
    <Select
      className={classes.filter ?? ''}
      clearable
      data={options}
      label={label}
      nothingFoundMessage="None has this name."
      onChange={onChange}
      placeholder="any"
      searchable={options.length > 7}
      size="xs"
      value={value ?? null}
    />
  );
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

/** The first configuration of each of the newest runs that are loaded. */
function firstOfRuns(cells: readonly ListedCell[]): ListedCell[] {
  const found: ListedCell[] = [];
  for (const cell of cells) {
    if (found.length === mostRuns) break;
    if (cell.runId !== found.at(-1)?.runId) found.push(cell);
  }
  return found;
}
