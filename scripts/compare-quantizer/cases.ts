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

interface StaticOptions {
  scheme: 'u8s8' | 's8s8';
  perChannel: boolean;
  symmetric: boolean;
}

function fixed({ scheme, perChannel, symmetric }: StaticOptions): QuantizerCase {
  const ranges = symmetric ? ', symmetric' : '';
  return {
    name: `static ${scheme.toUpperCase()}${ranges}, per ${perChannel ? 'channel' : 'tensor'}`,
    recipe: 'int8-static',
    parameters: { scheme, perChannel, symmetricActivations: symmetric, reduceRange: false },
    python: {
      kind: 'static',
      activation: scheme === 'u8s8' ? 'uint8' : 'int8',
      perChannel,
      symmetric,
      reduceRange: false,
    },
  };
}

/** What the recipe does on x64 processors. */
export const staticForX64 = fixed({ scheme: 'u8s8', perChannel: true, symmetric: false });
/** What Python does unless it is told otherwise. */
export const staticAsPython = fixed({ scheme: 's8s8', perChannel: false, symmetric: false });
export const dynamicPerChannel = dynamic(true, false);

/** Every case. */
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
  staticForX64,
  staticAsPython,
  fixed({ scheme: 's8s8', perChannel: true, symmetric: true }),
];

/**
 * What models of PyTorch are quantized in unless they are named: every form of weights and nodes that exporters write
 * meets every recipe, and the five reference models every way.
 */
export const exportedCases: Readonly<Record<'traced' | 'dynamo', readonly QuantizerCase[]>> = {
  traced: [dynamicPerChannel, blocks(4, 32, true), staticForX64],
  dynamo: [dynamic(false, false), blocks(4, 128, false), staticAsPython],
};
