import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../../src/core/onnx/inspect.ts';
import { toCpuFacts, type CpuFacts, type ModelFacts } from '../../../src/core/quantize/advice/facts.ts';
import { readModelFacts } from '../../../src/core/quantize/advice/model-facts.ts';
import { proposeRecipes } from '../../../src/core/quantize/propose-recipes.ts';
import { resourcePath } from '../../../src/core/resources.ts';
import { providerIdSchema, type ProviderId } from '../../../src/shared/domain/provider.ts';
import { recipeIdSchema, type RecipeId } from '../../../src/shared/domain/quantization.ts';
import { present } from '../../../src/shared/domain/provenance.ts';
import { detectMachine } from '../../../src/core/hardware/detect-machine.ts';
import { createMachinePorts, readMachine } from '../hardware/support/machines.ts';

const amx: CpuFacts = { architecture: 'x64', integerProducts: 'amx', saturates: false };
const old: CpuFacts = { architecture: 'x64', integerProducts: 'none', saturates: true };

const bert: ModelFacts = {
  sizeBytes: 440e6,
  opset: 17,
  operators: { MatMul: 98, Softmax: 12, LayerNormalization: 25, Gather: 3 },
  quantizedBy: null,
  work: { kind: 'macs', products: 0.96, convolutions: 0 },
  macs: 11e9,
  elements: { products: 85e6, convolutions: 0, all: 110e6 },
  products: 74,
  rows: 128,
  width: 768,
  depthwise: 0,
  hasCache: false,
};
const decoder: ModelFacts = { ...bert, rows: 1, hasCache: true };
const resnet: ModelFacts = {
  ...bert,
  sizeBytes: 102e6,
  operators: { Conv: 53, Relu: 49, Add: 16, Gemm: 1 },
  work: { kind: 'macs', products: 0.0005, convolutions: 0.9995 },
  elements: { products: 2e6, convolutions: 23.5e6, all: 25.6e6 },
  products: 1,
  rows: 1,
  width: 1000,
};
const mobileNetV3: ModelFacts = { ...resnet, depthwise: 15, operators: { Conv: 52, HardSwish: 21, HardSigmoid: 9 } };
const tabular: ModelFacts = { ...bert, operators: { Gemm: 4, Relu: 3 }, products: 4, rows: 1, width: 1024 };

function adviceFor(facts: ModelFacts, provider: ProviderId, cpu = amx) {
  return proposeRecipes(facts, { provider, cpu }, recipeIdSchema.options);
}

/** Recipes in the order of the proposal. */
function proposed(facts: ModelFacts, provider: ProviderId, cpu = amx): string[] {
  return adviceFor(facts, provider, cpu)
    .opinions.filter(({ stance }) => stance === 'proposed')
    .map(({ recipe }) => recipe);
}

function opinionOf(facts: ModelFacts, provider: ProviderId, recipe: RecipeId, cpu = amx) {
  const opinion = adviceFor(facts, provider, cpu).opinions.find((one) => one.recipe === recipe);
  if (opinion === undefined) throw new Error(`nothing is said of ${recipe}`);
  return opinion;
}

describe('what is proposed', () => {
  const table: [name: string, facts: ModelFacts, provider: ProviderId, expected: string[]][] = [
    ['an encoder on the CPU', bert, 'cpu', ['int8-dynamic', 'int8-static']],
    ['a decoder on the CPU', decoder, 'cpu', ['int4-weight', 'int8-dynamic', 'int8-weight', 'int8-static']],
    ['a convolutional network on the CPU', resnet, 'cpu', ['int8-static']],
    ['one with HardSwish on the CPU', mobileNetV3, 'cpu', []],
    ['a table of numbers on the CPU', tabular, 'cpu', ['int8-dynamic', 'int4-weight', 'int8-static']],
    ['an encoder on CUDA', bert, 'cuda', ['fp16', 'int4-weight', 'int8-weight']],
    ['a decoder on CUDA', decoder, 'cuda', ['int4-weight', 'fp16', 'int8-weight']],
    ['a convolutional network on CUDA', resnet, 'cuda', ['fp16']],
    ['a convolutional network on TensorRT', resnet, 'tensorrt', ['int8-static', 'fp16']],
    ['a decoder on WebGPU', decoder, 'webgpu', ['int4-weight', 'fp16', 'int8-weight']],
    ['an encoder on DirectML', bert, 'dml', ['fp16', 'int4-weight', 'int8-weight', 'int8-dynamic', 'int8-static']],
    ['an encoder on Core ML', bert, 'coreml', ['fp16']],
  ];
  it.each(table)('%s', (_name, facts, provider, expected) => {
    expect(proposed(facts, provider)).toEqual(expected);
  });

  it('is nothing for a model that is quantized already, on any provider', () => {
    for (const provider of providerIdSchema.options) {
      const advice = adviceFor({ ...bert, quantizedBy: 'MatMulInteger' }, provider);
      expect(advice.nothing).toBe('This model is quantized already.');
      expect(
        advice.opinions.every(({ stance, reason }) => stance === 'against' && reason.includes('MatMulInteger')),
      ).toBe(true);
    }
  });

  it('is nothing for a model without weights in products or convolutions on the CPU, and it says so', () => {
    const trees = {
      ...bert,
      operators: { TreeEnsembleClassifier: 1 },
      products: 0,
      work: { ...bert.work, products: 0 },
    };
    const advice = adviceFor(trees, 'cpu');
    expect(advice.nothing).toBe('No recipe is known to make this model faster on the provider cpu.');
    expect(advice.opinions.map(({ recipe }) => recipe).toSorted()).toEqual(recipeIdSchema.options.toSorted());
  });
});

describe('what is said against', () => {
  it('names ConvInteger where convolutions are the work', () => {
    expect(opinionOf(resnet, 'cpu', 'int8-dynamic')).toMatchObject({
      stance: 'against',
      reason: expect.stringContaining('ConvInteger') as string,
    });
  });

  it('says that float16 on a CPU is half a file and nothing else', () => {
    for (const facts of [bert, resnet, decoder]) {
      expect(opinionOf(facts, 'cpu', 'fp16')).toMatchObject({ stance: 'against' });
      expect(opinionOf(facts, 'cpu', 'fp16').reason).toContain('half the file, the same speed');
    }
  });

  it('says why integers are pointless on WebGPU and CUDA', () => {
    expect(opinionOf(bert, 'webgpu', 'int8-dynamic').reason).toContain('run on the CPU');
    expect(opinionOf(bert, 'cuda', 'int8-dynamic').reason).toContain('no kernel for DynamicQuantizeLinear');
  });

  it('says how many rows make INT4 slow', () => {
    expect(opinionOf(bert, 'cpu', 'int4-weight').reason).toMatch(/^128 rows pass each product/);
    expect(opinionOf({ ...bert, rows: null }, 'cpu', 'int4-weight').stance).toBe('proposed');
  });
});

describe('what is cautioned', () => {
  it('that a network of few operations may lose more by conversions than it gains', () => {
    expect(opinionOf({ ...resnet, macs: 616_064 }, 'cpu', 'int8-static').caution).toContain('One execution is small');
    expect(opinionOf(resnet, 'cpu', 'int8-static').caution).toBeNull();
  });

  it('that TensorRT wants symmetric ranges of int8 on both sides', () => {
    expect(opinionOf(resnet, 'tensorrt', 'int8-static').parameters).toEqual({ scheme: 's8s8' });
  });

  it('that a processor without VNNI and AMX may gain nothing, and saturates', () => {
    const opinion = opinionOf(bert, 'cpu', 'int8-dynamic', old);
    expect(opinion.caution).toContain('neither VNNI nor AMX');
    expect(opinion.parameters).toEqual({ reduceRange: true });
    expect(opinionOf(bert, 'cpu', 'int8-dynamic').parameters).toEqual({});
    expect(opinionOf(bert, 'cpu', 'int8-dynamic', { ...old, saturates: null }).parameters).toEqual({});
  });

  it('that narrow products may be slower', () => {
    expect(opinionOf({ ...tabular, width: 64 }, 'cpu', 'int8-dynamic').caution).toContain('64 wide');
    expect(opinionOf({ ...tabular, width: 64 }, 'cpu', 'int4-weight').caution).toContain('64 wide');
    expect(opinionOf(tabular, 'cpu', 'int4-weight').caution).not.toContain('wide');
    expect(opinionOf({ ...tabular, width: 64 }, 'cpu', 'int8-dynamic').reason).not.toContain('such products');
    expect(opinionOf(tabular, 'cpu', 'int8-dynamic').caution).toBeNull();
  });
});

it('calls nothing all that is not all, and says where its numbers come from', () => {
  expect(opinionOf(resnet, 'cpu', 'int8-static').reason).toContain('Convolutions are more than 99 %');
  expect(adviceFor(resnet, 'cpu').evidence).toContain('Xeon with VNNI and AMX');
  expect(adviceFor(resnet, 'cuda').evidence).toContain('Nothing of this was measured');
});

it('predicts the size from the weights that a recipe changes', () => {
  expect(opinionOf(bert, 'cpu', 'int8-dynamic').sizeBytes).toBe(440e6 - 3 * 85e6);
  expect(opinionOf(bert, 'cpu', 'int4-weight').sizeBytes).toBe(440e6 - 3.375 * 85e6);
  expect(opinionOf(bert, 'cpu', 'fp16').sizeBytes).toBe(220e6);
});

describe('facts', () => {
  it('of a file: products, convolutions and their widths', async () => {
    const file = resourcePath('models', 'digits', 'digits-cnn.onnx');
    const { sha256 } = await inspectModel(file);
    expect(await readModelFacts(file, { sha256, cost: null })).toMatchObject({
      opset: 17,
      quantizedBy: null,
      // 256 x 64 and 64 x 10; three 3 x 3 convolutions 1, 16, 32 to 16, 32, 64.
      elements: { products: 17_024, convolutions: 9 * (16 + 16 * 32 + 32 * 64), all: 40_394 },
      work: { kind: 'weights', products: 17_024 / 40_394 },
      products: 2,
      rows: null,
      width: 64,
      depthwise: 0,
      hasCache: false,
    });
  });

  it('of a processor: what multiplies bytes', async () => {
    const machine = await detectMachine(createMachinePorts(readMachine('xeon-two-socket')));
    expect(toCpuFacts(machine)).toEqual({ architecture: 'x64', integerProducts: 'amx', saturates: null });
    const isa = { ...machine.cpu.isa, amx_int8: present(false), avx512_vnni: present(false), avx_vnni: present(false) };
    const without = { ...machine, cpu: { ...machine.cpu, isa } };
    expect(toCpuFacts(without, true)).toMatchObject({ integerProducts: 'none', saturates: true });
  });
});
