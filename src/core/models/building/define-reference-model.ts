import type { Dimension } from '../../../shared/domain/model.ts';
import type { InputHint } from '../inputs/input-hints.ts';
import type { Layers } from './layers.ts';

export type ReferenceTask = 'tabular-classification' | 'image-classification' | 'text-encoding' | 'text-generation';

export interface ReferenceInput {
  name: string;
  type: 'float32' | 'int64';
  dims: readonly Dimension[];
  description: string;
  /** What the input holds, so that realistic values can be made for it. */
  content: InputHint;
}

export interface ReferenceOutput {
  name: string;
  dims: readonly Dimension[];
  description: string;
}

/** Numbers from the literature that the built graph must meet within 1 %. */
export interface ExpectedSize {
  /** Trainable parameters. */
  parameters: number;
  /** Multiply-accumulate operations of one execution at `macsDims`. */
  macs: number;
  macsDims: Readonly<Record<string, number>>;
  /** Where both numbers come from. */
  source: string;
}

/** Data of a tensor as it goes into a graph. */
export type GraphTensor =
  | { type: 'float32'; dims: readonly number[]; data: Float32Array }
  | { type: 'int64'; dims: readonly number[]; data: BigInt64Array };

/**
 * Runs a model once in ONNX Runtime, on the CPU, and returns the outputs asked for. The runtime lives in another
 * process, so whoever creates the core supplies this.
 */
export type EvaluateGraph = (
  modelPath: string,
  feeds: Readonly<Record<string, GraphTensor>>,
  fetches: readonly string[],
) => Promise<Readonly<Record<string, GraphTensor>>>;

/** Images or rows with their true classes. */
export interface LabelledData {
  /** [count, ...featureDims], row-major. */
  features: Float32Array;
  /** Dimensions of one sample. */
  featureDims: readonly number[];
  /** True class of each sample. */
  labels: Int32Array;
}

/** Weights drawn from a seed and normalised by one pass over calibration inputs. */
export interface SeededWeights {
  kind: 'seeded';
  /** Goes up whenever the bytes that the recipe yields change, so that cached files are built anew. */
  recipe: number;
  /** Adds the nodes; inputs are there under their names. Returns the tensor behind every output. */
  buildGraph: (layers: Layers) => Readonly<Record<string, string>>;
  /** Sizes of the pass that measures statistics: enough samples for every channel, little enough for 2 GB of memory. */
  calibrationDims: Readonly<Record<string, number>>;
}

/** Weights that were trained; the file is shipped. */
export interface TrainedWeights {
  kind: 'trained';
  recipe: number;
  /** Path segments below the folder of shipped resources. */
  resource: readonly string[];
  /** Reads the labelled samples; accuracy may only be told from those that were held out of training. */
  labelled: (part: 'training' | 'held-out') => Promise<LabelledData>;
}

export interface ReferenceModel {
  id: string;
  title: string;
  task: ReferenceTask;
  /** The publication that describes the architecture. */
  source: string;
  inputs: readonly ReferenceInput[];
  outputs: readonly ReferenceOutput[];
  expected: ExpectedSize;
  /** Sizes of the symbolic dimensions for an ordinary request. */
  defaultDims: Readonly<Record<string, number>>;
  weights: SeededWeights | TrainedWeights;
}

/** Registers a reference model; the registry lists the results. */
export function defineReferenceModel(model: ReferenceModel): ReferenceModel {
  return model;
}
