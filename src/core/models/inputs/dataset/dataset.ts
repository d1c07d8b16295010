import type { ElementType } from '../../../../shared/domain/model.ts';
import type { ModelTensors } from '../../../onnx/dims.ts';
import type { InputPool } from '../generate-inputs.ts';

/** Samples of a user in the form that engines read, and what else the files told. */
export interface Dataset {
  /** Feeds of `batch` samples each; what was left out or assumed is in its remarks. */
  pool: InputPool;
  /** Samples of one feed. */
  batch: number;
  /** True class of every sample in the order of the pool; null where the files have none. */
  labels: Int32Array | null;
  /** Sizes that the data gives to symbolic dimensions of the model, that of the batch included. */
  dims: Record<string, number>;
  /** Samples that the files hold, of which the pool may have fewer. */
  availableSamples: number;
  /** Where the samples come from, for people: "calibration.npz, 100 of 5000 samples". */
  description: string;
}

/** Which of the samples are wanted. The parts have no sample in common: what is calibrated on must not judge. */
export type DatasetPart = 'all' | 'calibration' | 'evaluation';

export interface DatasetOptions {
  /** Inputs and outputs as the model declares them. */
  model: ModelTensors;
  /** Samples in one feed; null: what the model fixes, else 1. */
  batch: number | null;
  /** Sizes of symbolic dimensions that the data must agree with. */
  dims: Readonly<Record<string, number>>;
  /** File to write. */
  target: string;
  /** Fewer than there are are taken evenly spaced, so that files sorted by class give all classes. */
  maxSamples?: number;
  /** Engines hold the whole pool in memory: 512 MiB unless said otherwise. One feed is always written. */
  maxPoolBytes?: number;
  /** "all" unless said otherwise. Of the samples of a file every fourth is for evaluation. */
  part?: DatasetPart;
  signal?: AbortSignal;
}

/** An array as files hold it: samples along the first axis. */
export interface SampleArray {
  /** Name of the input, or null where the file gives none. */
  name: string | null;
  type: ElementType;
  dims: readonly number[];
  /** File, and array in it, for messages. */
  origin: string;
  /** Little-endian elements in row-major order, in chunks of any size; each call starts anew. */
  read(): AsyncIterable<Uint8Array>;
}

/** What a file or folder holds, opened. */
export interface SampleArrays extends AsyncDisposable {
  arrays: readonly SampleArray[];
  /** True classes, one for each sample; null where there are none. */
  labels: SampleArray | null;
  /** What was left out or assumed, one sentence each. */
  remarks: readonly string[];
}

/** What a format is told of the model. */
export interface FormatContext {
  inputs: ModelTensors['inputs'];
  /** Names of the inputs whose leading dimension is the batch. */
  batched: ReadonlySet<string>;
  signal?: AbortSignal;
}

export interface DatasetFormat {
  id: string;
  /** What a user gives, for messages: "an .npz file". */
  description: string;
  /** Whether a path looks like this format; `entries` are the names in a folder, null for a file. */
  matches(path: string, entries: readonly string[] | null): boolean;
  /** Opens it and reads its outline; the data is read later. Throws INPUTS_INVALID. */
  open(path: string, context: FormatContext): Promise<SampleArrays>;
}

/** Declares a format of data sets; it becomes available with its line in the registry. */
export function defineDatasetFormat(format: DatasetFormat): DatasetFormat {
  return format;
}
