/** What people read of a parameter: its name and meaning are the same in every recipe that has it. */
interface ParameterWords {
  label: string;
  description: string;
  /** Words for its values. */
  choices?: Readonly<Record<string, string>>;
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
