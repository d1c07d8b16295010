import { defineReferenceModel } from './building/define-reference-model.ts';
import { decoderGraph, decoderInputs, decoderOutputs } from './building/gpt2-decoder.ts';

const SIZES = { vocabulary: 50_257, positions: 1024, hidden: 768, heads: 12, layers: 12 };

/** GPT-2 small, for reading prompts and for generating with a key-value cache. */
export const decoder124m = defineReferenceModel({
  id: 'decoder-124m',
  title: 'Decoder 124M (GPT-2 small)',
  task: 'text-generation',
  source: 'Radford et al., "Language Models are Unsupervised Multitask Learners", 2019',
  inputs: decoderInputs(SIZES),
  outputs: decoderOutputs(SIZES),
  expected: {
    parameters: 124_439_808,
    macs: 123.5e6 + 2 * 12 * 768 * 129,
    macsDims: { batch: 1, sequence: 1, past: 128 },
    source:
      'parameters of the published gpt2 checkpoint; per generated token one MAC for each weight of a linear layer and of the output projection (Kaplan et al., "Scaling Laws for Neural Language Models", 2020, table 1), plus attention over 129 positions',
  },
  defaultDims: { batch: 1, sequence: 1, past: 128 },
  weights: {
    kind: 'seeded',
    recipe: 3,
    buildGraph: (layers) => decoderGraph(layers, SIZES),
    calibrationDims: { batch: 16, sequence: 128, past: 0 },
  },
});
