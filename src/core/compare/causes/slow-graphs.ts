import { classShare, countOperators, listNames, percent, type Cause } from './cause.ts';

/** Operators that x64 CPUs have integer kernels for with unsigned activations, and none with signed ones. */
const signedProducts = new Set(['Conv', 'MatMul', 'Gemm', 'Add', 'Mul', 'FusedConv', 'FusedGemm', 'FusedMatMul']);
/** Below it islands are told only where the verdict asks for a reason. */
const worthTelling = 0.1;
/** First operator set in which MaxPool takes integers. */
const integerPoolOpset = 12;

function bareName(operator: string): string {
  return operator.slice(operator.indexOf(':') + 1);
}

const convInteger: Cause = {
  code: 'CONV_INTEGER',
  severity: 'remark',
  asked: 'always',
  explainsSpeed: true,
  find: ({ name, provider, facts }) =>
    provider === 'cpu' && facts.convInteger > 0
      ? {
          reason: `${name} has ${facts.convInteger} ConvInteger, which ONNX Runtime does not fuse and which is slower than a float convolution.`,
          remedy: 'Quantize convolutions with the recipe int8-static, or leave them in float32.',
        }
      : null,
};

const signedActivations: Cause = {
  code: 'SIGNED_ACTIVATIONS',
  severity: 'remark',
  asked: 'always',
  explainsSpeed: true,
  find({ name, provider, machine, facts, kernels }) {
    if (provider !== 'cpu' || machine.operatingSystem.arch !== 'x64' || facts.quantized.int8 === 0) return null;
    const left = kernels?.islands.filter(({ operator }) => signedProducts.has(bareName(operator))) ?? [];
    if (left.length === 0) return null;
    return {
      reason: `${name} has int8 activations, for which x64 CPUs have no kernels where two nodes read one tensor: ${countOperators(left)} run in float (${listNames(left.map(({ node }) => node))}).`,
      remedy: 'Quantize with uint8 activations and int8 weights: recipe int8-static, scheme u8s8.',
    };
  },
};

const floatIslands: Cause = {
  code: 'FLOAT_ISLANDS',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find: (side) => findIslands(side, 0),
};

/** The same while it is faster, where the islands cost so much that it could be faster still. */
const costlyIslands: Cause = { ...floatIslands, asked: 'always', find: (side) => findIslands(side, worthTelling) };

function findIslands(...[side, least]: [Parameters<Cause['find']>[0], number]): ReturnType<Cause['find']> {
  const { name, kernels } = side;
  if (kernels === null || signedActivations.find(side) !== null) return null;
  const { islands } = kernels;
  const cost = islands.reduce((sum, { share }) => sum + share, 0) + classShare(kernels, 'conversion');
  if (islands.length === 0 || cost < least) return null;
  return {
    reason: `${name} converts to float and back around ${countOperators(islands)} (${listNames(islands.map(({ node }) => node))}), which have no integer kernel there; they and all conversions take ${percent(cost)} of its time.`,
    remedy:
      'Exclude these nodes and their neighbours from quantization, or quantize the products alone with int8-dynamic.',
  };
}

const weightConversions: Cause = {
  code: 'WEIGHT_CONVERSIONS',
  severity: 'remark',
  asked: 'always',
  explainsSpeed: true,
  find({ name, kernels }) {
    const islands = new Set(kernels?.islands.map(({ node }) => node));
    const nodes = kernels?.weightConversions.filter((node) => !islands.has(node)) ?? [];
    if (nodes.length === 0) return null;
    return {
      reason: `${name} converts the weights of ${nodes.length} nodes to float on every run (${listNames(nodes)}), because their inputs or results are not quantized.`,
      remedy: 'Quantize the results of these nodes too, exclude the nodes, or store weights alone with int8-weight.',
    };
  },
};

const oldOpset: Cause = {
  code: 'OLD_OPSET',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find({ name, facts, kernels }) {
    if (kernels === null || facts.conversions === 0 || facts.opset >= integerPoolOpset) return null;
    const pools = kernels.islands.some(({ operator }) => bareName(operator) === 'MaxPool');
    if (!pools && kernels.fusedNodes > 0) return null;
    return {
      reason: `${name} uses operator set ${facts.opset}, in which ${pools ? 'MaxPool takes floats only' : 'no node was fused into an integer kernel'}.`,
      remedy: 'Export the source with operator set 13 or newer and quantize it again.',
    };
  },
};

/** Graph forms that ONNX Runtime does not make fast kernels of. */
export const slowGraphs: readonly Cause[] = [
  convInteger,
  signedActivations,
  floatIslands,
  costlyIslands,
  weightConversions,
  oldOpset,
];
