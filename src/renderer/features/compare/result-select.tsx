import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { cellIdSchema, type CellId } from '../../../shared/domain/ids.ts';
import { describeConfig } from '../../components/describe-config.ts';
import { FailureNote } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';

/** Results offered; an older one is reached from its own page. */
const mostResults = 200;

interface ResultSelectProps {
  label: string;
  value: CellId | null;
  onChange: (cellId: CellId | null) => void;
  /** False inside of a popover, which a click outside of it would close. */
  withinPortal?: boolean;
}

/** One of the stored results, the newest first. */
export function ResultSelect({ label, value, onChange, withinPortal = true }: ResultSelectProps) {
  const format = useFormat();
  const { data, error, refetch } = useQuery(
    api.results.list.queryOptions({ input: { state: 'completed', limit: mostResults } }),
  );
  const offered = (data?.items ?? []).map((cell) => ({
    value: cell.id,
    label: `${describeConfig(cell)}${cell.startedAt === null ? '' : ` · ${format.time(cell.startedAt)}`}`,
  }));
  const isOffered = value === null || offered.some((one) => one.value === value);
  return (
    <>
      <Select
        comboboxProps={{ withinPortal }}
        data={isOffered ? offered : [{ value, label: value }, ...offered]}
        label={label}
        maxDropdownHeight={320}
        nothingFoundMessage={data === undefined ? 'Being read.' : 'There is none.'}
        onChange={(id) => onChange(cellIdSchema.safeParse(id).data ?? null)}
        placeholder={data?.items.length === 0 ? 'Nothing has been measured yet' : 'Choose a result'}
        searchable
        value={value}
      />
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
    </>
  );
}
