import type { ProfileOperator } from './domain/profile.ts';

/** Operators of one kind, class and provider over all shapes; `shapes` are those that it joins, most time first. */
export interface OperatorKind extends Pick<ProfileOperator, 'operator' | 'class' | 'provider' | 'timeNs' | 'share'> {
  shapes: readonly ProfileOperator[];
  nodes: readonly number[];
}

/** Kinds of operators over all shapes, most time first. */
export function joinShapes(operators: readonly ProfileOperator[]): OperatorKind[] {
  const groups = Map.groupBy(operators, ({ operator, class: kind, provider }) => `${operator} ${kind} ${provider}`);
  return [...groups.values()]
    .map((shapes) => {
      const { operator, class: kind, provider } = shapes[0]!;
      return {
        operator,
        class: kind,
        provider,
        shapes,
        nodes: shapes.flatMap(({ nodes }) => nodes),
        timeNs: shapes.reduce((sum, { timeNs }) => sum + timeNs, 0),
        share: Math.min(
          1,
          shapes.reduce((sum, { share }) => sum + share, 0),
        ),
      };
    })
    .toSorted((left, right) => right.share - left.share);
}

/** Without the domain of ONNX Runtime, which most fused operators have: "nchwc:Conv", "QLinearConv". */
export function shortOperator(operator: string): string {
  return operator.replace(/^com\.(microsoft|ms\.internal)[.:]/, '');
}

/** "CUDA" of "CUDAExecutionProvider". */
export function shortProvider(provider: string): string {
  return provider.replace(/ExecutionProvider$/, '');
}

/** First input and first output; types are named where they are no float. */
export function describeShapes({ inputs, outputs }: Pick<ProfileOperator, 'inputs' | 'outputs'>): string {
  const toText = (value: ProfileOperator['inputs'][number] | undefined): string =>
    value === undefined
      ? '?'
      : `${value.dims.length === 0 ? 'scalar' : value.dims.join('×')}${value.type === 'float' ? '' : ` ${value.type}`}`;
  return `${toText(inputs[0])} → ${toText(outputs[0])}`;
}
