import type { ModelCost, NodeCost } from '../../../shared/domain/model.ts';
import { DataType, elementCount } from '../../onnx/element-types.ts';
import { modelInputs, summarizeModel } from '../../onnx/inspect.ts';
import { readModel, type LoadedModel } from '../../onnx/read.ts';
import { allGraphs, DEFAULT_DOMAIN, intAttribute, toOperatorName } from '../../onnx/walk.ts';
import type { Sha256 } from '../../../shared/domain/ids.ts';
import { findQuantizedNode } from '../check-source.ts';
import { openGraph, type EditableGraph } from '../graph/editable-graph.ts';
import { toMatrixProduct } from '../products/matrix-product.ts';
import type { ModelFacts } from './facts.ts';

interface ProductFacts {
  elements: number;
  width: number;
  rows: number | null;
  macs: number;
}

/**
 * What the proposals need to know of a model file. `cost` is that of one execution at batch 1; null where the model
 * could not be run, and weights have to stand for the work.
 */
export async function readModelFacts(
  modelPath: string,
  { sha256, cost, signal }: { sha256: Sha256; cost: ModelCost | null; signal?: AbortSignal },
): Promise<ModelFacts> {
  const loaded = await readModel(modelPath, signal ? { signal } : {});
  const { operators, sizeBytes, opsets } = summarizeModel(loaded, sha256);
  const quantized = findQuantizedNode(loaded.model);
  const costs = costsByOutput(loaded, cost);
  const hasCache = keepsCache(loaded);
  // From here on the model is changed in memory: constants become initializers.
  const graph = openGraph(loaded);
  const products = findProducts(graph, costs);
  const convolutions = findConvolutions(graph, costs);
  const elements = {
    products: sum(products, (product) => product.elements),
    convolutions: convolutions.elements,
    all: countFloats(loaded),
  };
  const totalMacs = cost?.macs ?? 0;
  const byMacs = totalMacs > 0;
  const total = byMacs ? totalMacs : elements.all;
  const share = (part: number): number => (total === 0 ? 0 : Math.min(1, part / total));
  return {
    sizeBytes,
    opset: opsets[DEFAULT_DOMAIN] ?? 0,
    operators,
    quantizedBy: quantized === undefined ? null : toOperatorName(quantized),
    work: {
      kind: byMacs ? 'macs' : 'weights',
      products: share(byMacs ? sum(products, ({ macs }) => macs) : elements.products),
      convolutions: share(byMacs ? convolutions.macs : elements.convolutions),
    },
    macs: byMacs ? totalMacs : null,
    elements,
    products: products.length,
    rows: typical(products, ({ rows }) => rows),
    width: typical(products, ({ width }) => width),
    depthwise: convolutions.depthwise,
    hasCache,
  };
}

function costsByOutput({ graph }: LoadedModel, cost: ModelCost | null): ReadonlyMap<string, NodeCost> {
  return new Map(
    graph.node.flatMap(({ output: [name = ''] }, index) => {
      const node = cost?.nodes[index];
      return node === undefined ? [] : [[name, node] as const];
    }),
  );
}

function findProducts(graph: EditableGraph, costs: ReadonlyMap<string, NodeCost>): ProductFacts[] {
  return graph.graph.node.flatMap((node) => {
    const operator = toOperatorName(node);
    if (operator !== 'MatMul' && operator !== 'Gemm') return [];
    const product = toMatrixProduct(graph, node);
    if ('outcome' in product) return [];
    const { rows: inner, columns } = product;
    const macs = costs.get(node.output[0] ?? '')?.macs ?? null;
    const elements = inner * columns;
    return [
      {
        elements,
        width: Math.min(inner, columns),
        rows: macs === null ? null : Math.round(macs / elements),
        macs: macs ?? 0,
      },
    ];
  });
}

function findConvolutions(graph: EditableGraph, costs: ReadonlyMap<string, NodeCost>) {
  const found = { elements: 0, macs: 0, depthwise: 0 };
  for (const node of graph.graph.node) {
    if (toOperatorName(node) !== 'Conv') continue;
    const weight = graph.constant(node.input[1] ?? '');
    if (weight?.dataType !== DataType.FLOAT) continue;
    found.elements += elementCount(weight.dims) ?? 0;
    found.macs += costs.get(node.output[0] ?? '')?.macs ?? 0;
    if (intAttribute(node, 'group', 1) > 1 && weight.dims[1] === 1n) found.depthwise += 1;
  }
  return found;
}

function countFloats({ model }: LoadedModel): number {
  return sum(
    [...allGraphs(model)]
      .flatMap(({ initializer }) => initializer)
      .filter(({ dataType }) => dataType === DataType.FLOAT),
    ({ dims }) => elementCount(dims) ?? 0,
  );
}

/** Exporters call these inputs past_key_values.0.key, past_key_0, past.0.key or cache_k. */
function keepsCache(loaded: LoadedModel): boolean {
  return modelInputs(loaded).some(({ name }) => /^(past|cache)(_|\.|$)|key_values?/i.test(name));
}

/** The value that half of the weights have, or fewer. */
function typical(products: readonly ProductFacts[], valueOf: (product: ProductFacts) => number | null): number | null {
  const known = products.flatMap((product) => {
    const value = valueOf(product);
    return value === null ? [] : [{ value, weight: product.elements }];
  });
  const half = sum(known, ({ weight }) => weight) / 2;
  let seen = 0;
  for (const { value, weight } of known.toSorted((one, other) => one.value - other.value)) {
    seen += weight;
    if (seen >= half) return value;
  }
  return null;
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
