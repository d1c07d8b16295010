import type { ReactNode } from 'react';
import type { Quantization } from '../../../../shared/domain/quantization.ts';
import type { VariantReport } from '../../../../shared/domain/variant-report.ts';
import type { RecipeDescription } from '../../../../shared/domain/recipe-form.ts';
import type { Reading } from '../../../../shared/domain/provenance.ts';
import { Facts, type Fact } from '../../../components/facts.tsx';
import { ReadingView, Readings } from '../../../components/reading-view.tsx';
import { Sentence } from '../../../components/sentence.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { describeGiven } from './describe-given.ts';
import { groupNodes, type NodeGroup } from './group-nodes.ts';
import classes from './quantize.module.css';
import { remarksOn } from './remarks.ts';
import { SensitivityReport } from './sensitivity-report.tsx';

interface QuantizationReportProps {
  quantization: VariantReport;
  /** undefined: a recipe that this version does not know, or that is not known yet. */
  recipe: RecipeDescription | undefined;
}

/** What became of a model: its size, its nodes, and what is to be known before it is used. */
export function QuantizationReport({ quantization, recipe }: QuantizationReportProps) {
  const format = useFormat();
  const { source, target, nodes } = quantization;
  const groups = groupNodes(nodes);
  const changed = nodes.filter(({ outcome }) => outcome.kind === 'changed').length;
  return (
    <>
      <Readings>
        <ReadingView
          evidence={
            <span>
              {format.quantity(target.sizeBytes / source.sizeBytes, 'ratio')} of{' '}
              {format.quantity(source.sizeBytes, 'B')}
            </span>
          }
          label="Size of the file"
          reading={reading(target.sizeBytes, 'B', 'measured')}
        />
        <ReadingView
          evidence={
            <span>
              {format.count(changed)} of {format.count(nodes.length)} that it looked at
            </span>
          }
          label="Nodes changed"
          reading={reading(changed / Math.max(1, nodes.length), 'ratio', 'computed')}
        />
      </Readings>
      <ul aria-label="To be known" className={classes.remarks}>
        {remarksOn(quantization).map((remark) => (
          <li key={remark}>
            <Sentence text={remark} />
          </li>
        ))}
      </ul>
      {quantization.sensitivity !== null && <SensitivityReport sensitivity={quantization.sensitivity} />}
      <NodeGroups groups={groups} />
      <div className={classes.facts}>
        <Facts facts={factsOf(quantization, recipe)} />
      </div>
    </>
  );
}

function NodeGroups({ groups }: { groups: readonly NodeGroup[] }) {
  const format = useFormat();
  return (
    <table className={classes.table}>
      <caption className={classes.caption}>What became of the nodes</caption>
      <thead>
        <tr>
          <th scope="col">Operator</th>
          <th className={classes.number} scope="col">
            Nodes
          </th>
          <th scope="col">What became of them</th>
        </tr>
      </thead>
      <tbody>
        {groups.map(({ kind, operator, what, nodes }) => (
          <tr key={`${kind} ${operator} ${what}`}>
            <th scope="row">{operator.replace('com.microsoft:', '')}</th>
            <td className={classes.number}>{format.count(nodes.length)}</td>
            <td>
              <span className={kind === 'left' ? classes.muted : undefined}>
                {kind === 'changed' ? `changed: ${what}` : `left: ${what}`}
              </span>
              <details className={classes.names}>
                <summary>{nodes.length === 1 ? 'its name' : 'their names'}</summary>
                <code>{nodes.join('  ')}</code>
              </details>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function factsOf({ parameters, excluded, target }: Quantization, recipe: RecipeDescription | undefined): Fact[] {
  const code = (text: string): ReactNode => <code>{text}</code>;
  return [
    ...describeGiven(recipe?.parameters ?? [], parameters),
    ...(excluded.length === 0 ? [] : [{ name: 'Excluded nodes', value: code(excluded.join('  ')) }]),
    { name: 'File', value: code(target.path) },
    ...(target.externalFile === null ? [] : [{ name: 'Weights', value: code(target.externalFile) }]),
    { name: 'SHA-256', value: code(target.sha256) },
  ];
}

function reading(value: number, unit: Reading['unit'], kind: Reading['kind']): Reading {
  return { value, unit, kind, interval: null, n: null };
}
