import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FailureNote } from '../../../components/states.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { api } from '../../../transport/connection.ts';
import classes from './quantize.module.css';

interface ExclusionFieldProps {
  name: string;
  excluded: readonly string[];
  onChange: (excluded: string[]) => void;
}

/** Options beyond this number are found by typing. */
const shownOptions = 40;

/** Nodes that stay in float32, found by their name or operator. */
export function ExclusionField({ name, excluded, onChange }: ExclusionFieldProps) {
  const format = useFormat();
  const nodes = useQuery(api.quantization.nodes.queryOptions({ input: { name }, staleTime: Infinity }));
  if (nodes.isError) return <FailureNote error={nodes.error} onRetry={() => void nodes.refetch()} />;
  // A file may give two nodes one name; excluding it leaves both.
  const byName = new Map((nodes.data ?? []).map((node) => [node.node, node]));
  return (
    <MultiSelect
      clearable
      data={[...byName.values()].map(({ node, operator }) => ({ value: node, label: `${node} · ${operator}` }))}
      description={
        nodes.isPending
          ? 'Reading the nodes of the model.'
          : `Search ${format.count(byName.size)} nodes by name or operator. They keep float32 weights and results.`
      }
      disabled={nodes.isPending}
      label="Nodes that stay in float32"
      limit={shownOptions}
      nothingFoundMessage="No node has this name or operator."
      onChange={onChange}
      placeholder={excluded.length === 0 ? 'none' : ''}
      renderOption={({ option: { value } }) => {
        const node = byName.get(value);
        return (
          <span className={classes.node}>
            <code>{value}</code>
            <span className={classes.nodeFacts}>
              {node?.operator}
              {node !== undefined && node.weightBytes > 0 && ` · ${format.quantity(node.weightBytes, 'B')}`}
            </span>
          </span>
        );
      }}
      searchable
      value={[...excluded]}
    />
  );
}
