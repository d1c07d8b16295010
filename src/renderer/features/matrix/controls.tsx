import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ServiceLevel } from '../../../shared/domain/plan.ts';
import type { MatrixMetric } from '../../../shared/matrix/heat-map.ts';
import { matrixDimensions, valuesOf, type MatrixDimension, type MatrixPoint } from '../../../shared/matrix/points.ts';
import { explainDecimal, parseDecimal } from '../../components/decimal-number.ts';
import { dimensionNames, nameValue } from './dimensions.ts';
import classes from './matrix.module.css';
import type { FixedDimensions, MatrixSearch } from './search.ts';

interface ControlsProps {
  points: readonly MatrixPoint[];
  varying: readonly MatrixDimension[];
  axes: { x: MatrixDimension; y: MatrixDimension };
  fixed: FixedDimensions;
  metric: MatrixMetric;
  level: ServiceLevel | null;
  onChange: (changes: Partial<Record<keyof MatrixSearch, unknown>>) => void;
}

const percentiles = [50, 90, 95, 99, 99.9];

/** How the matrix is looked at. All of it is in the address, so that a view can be kept and gone back to. */
export function Controls({ points, varying, axes, fixed, metric, level, onChange }: ControlsProps) {
  const dimensions = matrixDimensions.map((value) => ({ value, label: dimensionNames[value] }));
  const folded = varying.filter((dimension) => dimension !== axes.x && dimension !== axes.y);
  return (
    <div aria-label="View" className={classes.controls} role="group">
      <SegmentedControl
        aria-label="Number in the map"
        data={[
          { value: 'throughput', label: 'Throughput' },
          { value: 'latency', label: 'Latency' },
        ]}
        onChange={(value) => onChange({ metric: value })}
        size="xs"
        value={metric}
      />
      <Select
        allowDeselect={false}
        className={classes.control ?? ''}
        data={dimensions}
        label="Across"
        // What stood there changes places with what stood down.
        onChange={(columns) => onChange({ columns, rows: columns === axes.y ? axes.x : axes.y })}
        size="xs"
        value={axes.x}
      />
      <Select
        allowDeselect={false}
        className={classes.control ?? ''}
        data={dimensions}
        label="Down"
        onChange={(rows) => onChange({ rows, columns: rows === axes.x ? axes.y : axes.x })}
        size="xs"
        value={axes.y}
      />
      {folded.map((dimension) => (
        <Select
          allowDeselect={false}
          className={classes.control ?? ''}
          data={[
            { value: '', label: 'best of all' },
            ...valuesOf(points, dimension).map((value) => ({
              value: String(value),
              label: nameValue(dimension, value),
            })),
          ]}
          key={dimension}
          label={dimensionNames[dimension]}
          onChange={(value) => onChange({ [dimension]: toValue(dimension, value) })}
          size="xs"
          value={fixed[dimension] === undefined ? '' : String(fixed[dimension])}
        />
      ))}
      <LimitField level={level} onChange={onChange} />
      <Select
        allowDeselect={false}
        className={classes.control ?? ''}
        data={percentiles.map((value) => ({ value: String(value), label: `p${value}` }))}
        disabled={level === null}
        label="Percentile"
        onChange={(value) => onChange({ percentile: Number(value) })}
        size="xs"
        value={String(level?.percentile ?? 50)}
      />
    </div>
  );
}

function LimitField({ level, onChange }: Pick<ControlsProps, 'level' | 'onChange'>) {
  const [text, setText] = useState(() => (level === null ? '' : String(level.latencyMs)));
  const isEmpty = text.trim() === '';
  return (
    <TextInput
      className={classes.control ?? ''}
      error={isEmpty ? null : explainDecimal(text)}
      inputMode="decimal"
      label="Latency limit, ms"
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        const limitMs = value.trim() === '' ? 0 : parseDecimal(value);
        if (limitMs !== null) onChange({ limitMs });
      }}
      placeholder="none"
      size="xs"
      value={text}
    />
  );
}

function toValue(dimension: MatrixDimension, value: string | null): string | number | undefined {
  if (value === null || value === '') return undefined;
  return dimension === 'model' || dimension === 'provider' ? value : Number(value);
}
