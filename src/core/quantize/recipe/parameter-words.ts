/** What people read of a parameter: its name and meaning are the same in every recipe that has it. */
interface ParameterWords {
  label: string;
  description: string;
  /** Words for its values. */
  choices?: Readonly<Record<string, string>>;
  /** It means something only where another parameter has this value. */
  shownWith?: { parameter: string; value: string };
}

/** By the name of the parameter; one without words goes by its name. */
export const parameterWords: Readonly<Record<string, ParameterWords>> = {
  perChannel: {
    label: 'A scale per channel',
    description: 'For each column or filter of a weight instead of one for all: costs no time and lowers the error.',
  },
  reduceRange: {
    label: 'Weights within 7 bits',
    description: 'For processors whose sums of 8-bit products saturate; about doubles the error, so only there.',
    choices: {
      true: 'on',
      false: 'off',
      null: 'where this processor saturates',
      auto: 'where this processor saturates',
    },
  },
  scheme: {
    label: 'Types',
    description:
      'Of activations and weights: x64 processors are fast with uint8 and int8, ARM and TensorRT want int8 twice.',
    choices: { auto: 'as this processor is fast', u8s8: 'uint8 and int8', s8s8: 'int8 and int8' },
  },
  symmetricActivations: {
    label: 'Ranges around zero',
    description: 'Of activations. TensorRT needs it; elsewhere half of the values of a ReLU would be wasted.',
    choices: { auto: 'as the types need', true: 'on', false: 'off' },
  },
  calibration: {
    label: 'Ranges of activations',
    description: 'How they follow from the calibration data: all of it, or without rare extremes.',
    choices: { 'min-max': 'smallest to largest', entropy: 'least lost information', percentile: 'a percentile' },
  },
  percentile: {
    label: 'Percentile',
    description: 'Percent of the magnitudes that stay inside of the range.',
    shownWith: { parameter: 'calibration', value: 'percentile' },
  },
  entropyBins: {
    label: 'Bins',
    description: 'Of the histogram in which the range is searched; with 128 it is that of smallest to largest.',
    shownWith: { parameter: 'calibration', value: 'entropy' },
  },
  blockSize: {
    label: 'Block',
    description: 'Weights that share a scale: 32 is more exact, 128 smaller and faster.',
    choices: { 32: '32 weights', 128: '128 weights' },
  },
  symmetric: {
    label: 'Symmetric blocks',
    description: 'Off: each block has a zero point, which is more exact and a little larger.',
  },
  accuracyLevel: {
    label: 'Computed in',
    description:
      'What ONNX Runtime may use. Speed on CPUs needs int8 activations (1.9 instead of 4.5 times at INT4 without).',
    choices: { 0: 'its own choice', 1: 'float32', 2: 'float16', 3: 'bfloat16', 4: 'int8 activations' },
  },
  floatOperators: {
    label: 'Operators in float32',
    description: 'In addition to those that always stay, for example Softmax; separated by commas.',
  },
};
