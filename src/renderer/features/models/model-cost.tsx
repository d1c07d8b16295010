import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelCost } from '../../../shared/domain/model.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import { Panel } from '../../components/page.tsx';
import { ReadingView, Readings } from '../../components/reading-view.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { CostForm, type CostSizes } from './cost-form.tsx';
import { readNeededDimensions, symbolsOf } from './dimensions.ts';
import { formatFlops } from './format-flops.ts';
import classes from './model.module.css';
import { NodeTable } from './node-table.tsx';
import type { InspectedModel } from './use-inspection.ts';

/** What one execution costs at a batch and sizes that can be changed. */
export function ModelCostPanel({ model, isReference }: { model: InspectedModel; isReference: boolean }) {
  const { name, summary } = model;
  const [sizes, setSizes] = useState<CostSizes>({ batch: 1, dims: {} });
  const cost = useQuery({
    ...api.models.cost.queryOptions({ input: { name, ...sizes } }),
    placeholderData: keepPreviousData,
  });
  const needed = readNeededDimensions(cost.error);
  // Sizes that the model has of itself; only reference models do.
  const own = isReference ? symbolsOf(summary.inputs).filter((symbol) => symbol !== 'batch') : [];
  const symbols = [...new Set([...own, ...needed, ...Object.keys(sizes.dims)])];
  const shown = cost.isError ? null : (cost.data ?? null);
  return (
    <Panel title="Cost of one execution">
      <CostForm
        isCounting={cost.isFetching}
        needed={needed}
        onCount={setSizes}
        resolved={shown === null ? {} : readSizes(summary.inputs, shown)}
        sizes={sizes}
        symbols={symbols}
      />
      {cost.isPending && <Loading what="Running the model once to learn the shapes of all tensors." />}
      {cost.isError &&
        (needed.length > 0 ? (
          <p className={classes.ask} role="status">
            The model leaves the size of {needed.map((symbol) => `"${symbol}"`).join(', ')} open. Give a size above to
            count its operations.
          </p>
        ) : (
          <FailureNote error={cost.error} onRetry={() => void cost.refetch()} />
        ))}
      {shown !== null && <Cost cost={shown} weightBytes={summary.weightBytes} />}
    </Panel>
  );
}

function Cost({ cost, weightBytes }: { cost: ModelCost; weightBytes: number }) {
  const format = useFormat();
  const uncounted = Object.entries(cost.uncounted);
  return (
    <>
      <Readings>
        <ReadingView
          evidence={<span>{formatFlops(cost.flops, format)}</span>}
          label="Multiply-accumulates"
          reading={computed(cost.macs, 'MAC')}
        />
        <ReadingView label="Weights" reading={computed(weightBytes, 'B')} />
        <ReadingView
          evidence={<span>an upper bound: fusion removes traffic</span>}
          label="Activations read and written"
          reading={computed(cost.activationBytes, 'B')}
        />
      </Readings>
      {uncounted.length > 0 && (
        <p className={classes.ask}>
          Not counted, because there is no agreed number of operations:{' '}
          {uncounted.map(([operator, count]) => `${operator} (${format.count(count)})`).join(', ')}.
        </p>
      )}
      <NodeTable cost={cost} />
    </>
  );
}

function computed(value: number, unit: Reading['unit']): Reading {
  return { value, unit, kind: 'computed', interval: null, n: null };
}

/** The size that each symbol had in an answer. */
function readSizes(inputs: InspectedModel['summary']['inputs'], cost: ModelCost): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { name, dims } of inputs) {
    (dims ?? []).forEach((dim, axis) => {
      const size = cost.inputShapes[name]?.[axis];
      if (typeof dim === 'string' && size !== undefined) sizes[dim] ??= size;
    });
  }
  return sizes;
}
