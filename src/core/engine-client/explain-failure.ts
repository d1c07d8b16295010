import { InferometerError, type Failure } from '../../shared/errors.ts';
import type { TaskEnd } from './engine-client.ts';

interface Known {
  pattern: RegExp;
  toFailure(match: RegExpExecArray): Failure;
}

/** What ONNX Runtime 1.30 says, and what it means for the user. The first match counts. */
const known: readonly Known[] = [
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    toFailure: ([, version, newest]) => ({
      code: 'MODEL_IR_TOO_NEW',
      message: `The model has ONNX IR version ${version}; the newest that can be run is ${newest}.`,
      remedy: `Export it again with an older exporter setting (IR ${newest} or below).`,
    }),
  },
  {
    pattern: /(?:ai\.onnx|domain \S+) is till opset (\d+)/,
    toFailure: ([, newest]) => ({
      code: 'MODEL_OPSET_UNSUPPORTED',
      message: `The model uses an operator set newer than ${newest}, which ONNX Runtime does not run.`,
      remedy: `Export it again with opset ${newest} or below.`,
    }),
  },
  {
    pattern: /No Op registered for (\S+)|([\w.:]+?)(?:\(-?\d+\))? is not a registered function\/op/,
    toFailure: ([, bare, full]) => ({
      code: 'MODEL_UNKNOWN_OPERATOR',
      message: `The model uses the operator ${full ?? bare}, which ONNX Runtime does not know.`,
      remedy: 'Export the model with standard operators, or with one opset version that has this operator.',
    }),
  },
  {
    pattern: /Could not find an implementation for (\S+) node/,
    toFailure: ([, operator]) => ({
      code: 'MODEL_UNKNOWN_OPERATOR',
      message: `This provider has no kernel for ${operator} with the types that the model uses.`,
      remedy: 'Run the model on another provider, or export it with other element types.',
    }),
  },
  {
    pattern: /Protobuf parsing failed/,
    toFailure: () => ({
      code: 'MODEL_NOT_ONNX',
      message: 'ONNX Runtime cannot parse the file as an ONNX model.',
      remedy: 'Export or download the model again and compare its size or checksum with the original.',
    }),
  },
  {
    pattern: /Got invalid dimensions for input: (\S+)|Invalid rank for input: (\S+)/,
    toFailure: ([, dimensions, rank]) => ({
      code: 'DIMENSION_MISMATCH',
      message: `The sizes given for the input ${dimensions ?? rank} do not fit the model.`,
      remedy: 'Look at the inputs with `inferometer inspect` and give sizes that fit with --dim and --batch.',
    }),
  },
  {
    pattern: /bad_alloc|Failed to allocate memory|BFCArena|out of memory/i,
    toFailure: () => ({
      code: 'MODEL_TOO_LARGE',
      message: 'The memory for this model at this batch could not be allocated.',
      remedy: 'Choose a smaller batch or a smaller model, or free memory.',
    }),
  },
  {
    pattern: /fallback to CPU EP has been explicitly disabled/,
    toFailure: () => ({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The provider has no kernels for some operators of this model, and the CPU may not take them.',
      remedy: 'Allow the CPU to take them, or choose a form of the model whose operators the provider has.',
    }),
  },
  {
    pattern: /requires f16 but the device does not support it/,
    toFailure: () => ({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The adapter has no 16-bit floats (shader-f16), which this model needs.',
      remedy: 'Measure the float32 model on this adapter, or this model on another provider.',
    }),
  },
  {
    pattern: /Failed to load shared library|CUDA failure|WebGPU adapter|backend not found/,
    toFailure: () => ({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The execution provider does not work on this machine.',
      remedy: 'Run `inferometer doctor` for the reason and the remedy.',
    }),
  },
  {
    pattern: /^The profile was cut off while it was written/,
    toFailure: () => ({
      code: 'STORAGE_FULL',
      message: 'The disk was full before ONNX Runtime had written its profile.',
      remedy: 'Free some space on the disk of the data directory, or choose another one with --data-dir.',
    }),
  },
  {
    // ONNX Runtime writes the optimized graph into a folder of Inferometer's own, where nothing else is in the way.
    pattern: /Failed to write external initializers to file/,
    toFailure: () => ({
      code: 'STORAGE_FULL',
      message: 'The disk was full before ONNX Runtime had written its optimized graph.',
      remedy: 'Free some space on the disk of the data directory, or choose another one with --data-dir.',
    }),
  },
  {
    pattern: /^The profile is (no[^\n]*)/,
    toFailure: ([, reason]) => ({
      code: 'ENGINE_FAILED',
      message: `ONNX Runtime ran the model, but the profile that it wrote is ${shorten(reason ?? '')}.`,
      remedy: 'Report the model; its speed can be measured with `inferometer run`.',
    }),
  },
  {
    pattern: /running (\S+) node\.[^\n]*?Status Message: ([^\n]+)/,
    toFailure: ([, operator, reason]) => ({
      code: 'DIMENSION_MISMATCH',
      message: `The operator ${operator} refused its inputs: ${shorten(reason ?? '')}.`,
      remedy:
        'The sizes or values of the inputs do not fit the model: give sizes with --dim, or real inputs with --inputs.',
    }),
  },
];

function shorten(text: string): string {
  // Source paths, signatures and conditions of ONNX Runtime's own code say nothing to a user.
  const clean = text
    .replace(/\/\S*onnxruntime\S*:\d+\s*/g, '')
    .replace(/^.*? was false\.\s*/, '')
    .trim();
  return (clean.length > 240 ? `${clean.slice(0, 240)}...` : clean).replace(/\.$/, '');
}

/** Turns what ONNX Runtime threw for a model into one sentence, a code and a remedy. */
export function explainRuntimeMessage(message: string): Failure {
  for (const { pattern, toFailure } of known) {
    const match = pattern.exec(message);
    if (match !== null) return { ...toFailure(match), data: { runtimeMessage: message } };
  }
  const first = message.split('\n').find((line) => line.trim() !== '') ?? 'no message';
  return {
    code: 'MODEL_INVALID',
    message: `ONNX Runtime refuses the model: ${shorten(first)}.`,
    remedy: 'Check the file with the exporter\'s own checker, or try it on the provider "cpu".',
    data: { runtimeMessage: message },
  };
}

/** The error for a task that did not end well where a result is needed to go on. */
export function toEngineError(end: Exclude<TaskEnd, { state: 'done' }>): InferometerError {
  switch (end.state) {
    case 'failed':
      return new InferometerError(explainRuntimeMessage(end.message));
    case 'cancelled':
      return new InferometerError({
        code: 'CANCELLED',
        message: 'The work was cancelled.',
        remedy: 'Start it again when convenient.',
      });
    case 'timed-out':
      return new InferometerError({
        code: 'ENGINE_FAILED',
        message:
          end.limit === 'task'
            ? `The work was not done after ${end.deadlineS} s and was ended.`
            : `The engine gave no sign of life for ${end.deadlineS} s (${end.stage}) and was ended.`,
        remedy: 'Try a smaller model or batch; `inferometer doctor` checks the machine.',
      });
    case 'crashed':
      return new InferometerError({
        code: 'ENGINE_FAILED',
        message: `The engine process ended unexpectedly (${describeExit(end.exit)}).`,
        remedy:
          'If memory was short, choose a smaller model or batch; otherwise report the model with the text of standard error.',
        data: { ...end.exit },
      });
  }
}

export function describeExit(exit: { exitCode: number | null; signal: string | null }): string {
  if (exit.signal !== null) return exit.signal;
  return exit.exitCode === null ? 'could not be started' : `exit code ${exit.exitCode}`;
}
