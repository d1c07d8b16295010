import { Table } from '@mantine/core';
import { grades } from '../../../shared/domain/grades.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { formatDuration } from '../../../shared/units.ts';
import { PlainTable } from '../../components/plain-table.tsx';
import { useFormat } from '../../components/use-format.ts';
import { Field } from './field.tsx';
import classes from './settings.module.css';
import { useSaving } from './use-settings.ts';

/** What each grade is for; its rules stand beside it. */
const purposes: Readonly<Record<Settings['defaultGrade'], string>> = {
  quick: 'A first look; marked exploratory.',
  standard: 'Numbers to decide by.',
  reference: 'Numbers to publish.',
};

/** The grade that a new run begins with, and what each of them asks for. */
export function GradeField({ settings: { defaultGrade } }: { settings: Settings }) {
  const format = useFormat();
  const saving = useSaving();
  return (
    <Field
      description="What a new run begins with. The minima hold for each configuration, all its processes together."
      id="grade"
      saving={saving}
      title="Default grade"
    >
      <PlainTable label="Grades" leastWidthPx={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Grade</Table.Th>
            <Table.Th data-number scope="col">
              At least
            </Table.Th>
            <Table.Th data-number scope="col">
              Queries
            </Table.Th>
            <Table.Th data-number scope="col">
              Processes
            </Table.Th>
            <Table.Th scope="col">Percentiles</Table.Th>
            <Table.Th scope="col">For</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {Object.values(grades).map(({ id, minDurationS, minQueries, processes, percentiles }) => (
            <Table.Tr key={id}>
              <Table.Th scope="row">
                <label className={classes.grade}>
                  <input
                    checked={defaultGrade === id}
                    name="grade"
                    onChange={() => saving.save({ defaultGrade: id })}
                    type="radio"
                    value={id}
                  />
                  {id}
                </label>
              </Table.Th>
              <Table.Td data-number>{formatDuration(minDurationS)}</Table.Td>
              <Table.Td data-number>{format.count(minQueries)}</Table.Td>
              <Table.Td data-number>{format.count(processes)}</Table.Td>
              <Table.Td className={classes.percentiles}>{percentiles.map((one) => `p${one}`).join(', ')}</Table.Td>
              <Table.Td>{purposes[id]}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </PlainTable>
    </Field>
  );
}
