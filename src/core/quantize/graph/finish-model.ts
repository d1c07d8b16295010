import type { GraphProto, TensorProto } from '../../onnx/gen/onnx_pb.js';
import { TensorProto_DataLocation as DataLocation } from '../../onnx/gen/onnx_pb.js';
import { isExternal } from '../../onnx/external-data.ts';
import type { LoadedModel } from '../../onnx/read.ts';
import { readTensorBytes } from '../../onnx/tensor-data.ts';
import { allTensors } from '../../onnx/walk.ts';
import { readsOf, sortNodes } from './scopes.ts';

/** First version in which an initializer need not be listed as an input, where a caller could change it. */
const plainInitializers = 4n;

/**
 * Sorts the nodes of a changed model and removes what no output needs: nodes, initializers, and facts about tensors
 * that are gone. Initializers are no inputs afterwards. Tensors inside nodes get their data, because they are written
 * with their node.
 */
export function finishModel(loaded: LoadedModel): void {
  const { model, graph } = loaded;
  graph.node = sortNodes(graph.node);
  removeUnneeded(graph);
  const constants = new Set(graph.initializer.map(({ name }) => name));
  graph.input = graph.input.filter(({ name }) => !constants.has(name));
  if (model.irVersion < plainInitializers) model.irVersion = plainInitializers;
  const known = new Set([
    ...constants,
    ...graph.input.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ]);
  graph.valueInfo = graph.valueInfo.filter(({ name }) => known.has(name));
  graph.quantizationAnnotation = graph.quantizationAnnotation.filter(({ tensorName }) => known.has(tensorName));
  const written = new Set(graph.initializer);
  for (const tensor of allTensors(model)) if (!written.has(tensor)) embedData(loaded, tensor);
}

function removeUnneeded(graph: GraphProto): void {
  const needed = new Set(graph.output.map(({ name }) => name));
  graph.node = graph.node
    .toReversed()
    .filter((node) => {
      if (!node.output.some((name) => needed.has(name))) return false;
      for (const name of readsOf(node)) needed.add(name);
      return true;
    })
    .reverse();
  const unneeded = new Set(graph.initializer.map(({ name }) => name).filter((name) => !needed.has(name)));
  graph.initializer = graph.initializer.filter(({ name }) => !unneeded.has(name));
  // Older files list initializers as inputs too; an input that callers feed stays, needed or not.
  graph.input = graph.input.filter(({ name }) => !unneeded.has(name));
}

/** Data that the reader left in a file. */
function embedData(loaded: LoadedModel, tensor: TensorProto): void {
  if (!isExternal(tensor) && !loaded.payloads.has(tensor)) return;
  tensor.rawData = Uint8Array.from(readTensorBytes(loaded, tensor));
  tensor.dataLocation = DataLocation.DEFAULT;
  tensor.externalData = [];
}
