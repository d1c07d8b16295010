import type { RecipeId } from '../../src/shared/domain/quantization.ts';

/** One way of quantizing that both tools have. */
export interface QuantizerCase {
  /** For people, e.g. "dynamic, per channel". */
  name: string;
  recipe: RecipeId;
  /** Parameters of the recipe. */
  parameters: Readonly<Record<string, unknown>>;
  /** The same for python_quantizer.py. */
  python: Readonly<Record<string, unknown>> & { kind: 'dynamic' | 'blocks' | 'static' };
}

function dynamic(perChannel: boolean, reduceRange: boolean): QuantizerCase {
  const parameters = { perChannel, reduceRange };
  return {
    name: `dynamic, per ${perChannel ? 'channel' : 'tensor'}${reduceRange ? ', reduced range' : ''}`,
    recipe: 'int8-dynamic',
    parameters,
    python: { kind: 'dynamic', ...parameters },
  };
}

function blocks(bits: 4 | 8, blockSize: 32 | 128, symmetric: boolean): QuantizerCase {
  const parameters = { blockSize, symmetric, accuracyLevel: 4 };
  return {
    name: `blocks of ${blockSize}, ${bits} bits, ${symmetric ? 'symmetric' : 'asymmetric'}`,
    recipe: bits === 4 ? 'int4-weight' : 'int8-weight',
    parameters,
    python: { kind: 'blocks', bits, ...parameters },
  };
}

export const dynamicPerChannel = dynamic(true, false);

/** Every case, the slow ones last. */
export const quantizerCases: readonly QuantizerCase[] = [
  dynamicPerChannel,
  dynamic(false, false),
  dynamic(true, true),
  blocks(4, 32, true),
  blocks(4, 32, false),
  blocks(4, 128, true),
  blocks(4, 128, false),
  blocks(8, 32, true),
  blocks(8, 128, false),
];
