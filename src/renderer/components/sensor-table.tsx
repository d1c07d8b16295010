import { Table } from '@mantine/core';
import type { FoundSensorInfo } from '../../shared/domain/telemetry.ts';
import { PlainTable } from './plain-table.tsx';
import { Sentence } from './sentence.tsx';
import { useFormat } from './use-format.ts';
import classes from './sensor-table.module.css';

/** Each sensor as available with what is read, or as unavailable with the reason and how to enable it. */
export function SensorTable({ sensors }: { sensors: readonly FoundSensorInfo[] }) {
  return (
    <PlainTable label="Sensors" leastWidthPx={640}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" w={220}>
            Sensor
          </Table.Th>
          <Table.Th scope="col" w={130}>
            State
          </Table.Th>
          <Table.Th scope="col">What is read, or why not and how to enable it</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {sensors.map((sensor) => (
          <SensorRow key={sensor.id} sensor={sensor} />
        ))}
      </Table.Tbody>
    </PlainTable>
  );
}

function SensorRow({ sensor: { label, origin, unit } }: { sensor: FoundSensorInfo }) {
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Th scope="row">{label}</Table.Th>
      <Table.Td className={origin.status === 'present' ? classes.available : classes.unavailable}>
        <span aria-hidden="true">{origin.status === 'present' ? '●' : '✕'}</span>{' '}
        {origin.status === 'present' ? 'available' : 'unavailable'}
      </Table.Td>
      <Table.Td>
        {origin.status === 'present' ? (
          <>
            {origin.value.source}
            {origin.value.reference !== undefined && (
              <span className={classes.muted}>
                {' '}
                {origin.value.reference.meaning} {format.quantity(origin.value.reference.value, unit)}
              </span>
            )}
          </>
        ) : (
          <>
            <span className={classes.muted}>
              <Sentence text={origin.reason} />
            </span>{' '}
            {origin.remedy !== null && <Sentence text={origin.remedy} />}
          </>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
