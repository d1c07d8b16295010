import { classShare, percent, type Cause } from './cause.ts';

/** Instructions that multiply 8-bit integers and add the products exactly, any of which makes them fast. */
const dotProducts = ['avx512_vnni', 'avx_vnni', 'amx_int8'] as const;
/** From as many rows on, MatMulNBits was no faster than float on CPUs (own, 1.30: 1.5x at 8 rows, 0.5x at 64). */
const manyRows = 16;
/** As in docs/method/measurement.md: more than this disturbs. */
const busy = 0.05;
const half = 0.5;
const worthTelling = 0.25;

const withoutVnni: Cause = {
  code: 'NO_VNNI',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find({ name, provider, machine, kernels }) {
    if (provider !== 'cpu' || machine.operatingSystem.arch !== 'x64' || kernels === null) return null;
    const { isa } = machine.cpu;
    const isKnownToLack = dotProducts.every((flag) => isa[flag].status === 'present' && !isa[flag].value);
    if (!isKnownToLack || classShare(kernels, 'integer') === 0) return null;
    return {
      reason: `This processor has neither VNNI nor AMX, so the integer kernels of ${name.toLowerCase()} need several instructions for what one does elsewhere.`,
      remedy: 'Compare on a processor with VNNI or AMX, or try int4-weight or int8-weight.',
    };
  },
};

const smallProducts: Cause = {
  code: 'SMALL_PRODUCTS',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find({ name, products }) {
    if (products === null || products.products === 0 || products.small < half * products.products) return null;
    return {
      reason: `${products.small} of ${products.products} integer products of ${name.toLowerCase()} have fewer than 65,536 multiply-accumulates, too few to pay for their conversions.`,
      remedy: 'Compare at a larger batch, or leave the model in float32.',
    };
  },
};

const conversionTime: Cause = {
  code: 'CONVERSION_TIME',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find({ name, kernels }) {
    if (kernels === null || kernels.islands.length > 0) return null;
    const share = classShare(kernels, 'conversion');
    if (share < worthTelling) return null;
    return {
      reason: `${name} spends ${percent(share)} of its time in conversions from and to integers.`,
      remedy: 'Compare at a larger batch, or exclude the smallest layers from quantization.',
    };
  },
};

const mostlyFloat: Cause = {
  code: 'MOSTLY_FLOAT',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find({ name, kernels }) {
    if (kernels === null || kernels.islands.length > 0 || kernels.fusedNodes === 0) return null;
    const share = classShare(kernels, 'float');
    const [most] = kernels.operators.filter((one) => one.class === 'float');
    if (share < half || most === undefined) return null;
    return {
      reason: `${name} spends ${percent(share)} of its time in float operators that were not quantized, most of it in ${most.operator} (${percent(most.share)}).`,
      remedy: 'Quantize these operators too, convolutions with int8-static, or expect no gain from this recipe.',
    };
  },
};

const manyRowsInBlocks: Cause = {
  code: 'MANY_ROWS',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find({ name, provider, products }) {
    const rows = products?.blockRows ?? 0;
    if (provider !== 'cpu' || rows < manyRows) return null;
    return {
      reason: `The MatMulNBits of ${name.toLowerCase()} multiply ${rows} rows at once; on CPUs they are faster only where reading the weights takes the time, at few rows.`,
      remedy: 'Compare one token at a time (decode), or use int8-dynamic for long prompts and batches.',
    };
  },
};

const accuracyLevel: Cause = {
  code: 'ACCURACY_LEVEL',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find({ name, provider, facts }) {
    const { int4, int8, floatActivations } = facts.blockProducts;
    if (provider !== 'cpu' || floatActivations === 0) return null;
    return {
      reason: `${floatActivations} of the ${int4 + int8} MatMulNBits of ${name.toLowerCase()} do not have accuracy_level 4, so their weights are made float on every run.`,
      remedy: 'Quantize with accuracyLevel 4, and compare the quality of both.',
    };
  },
};

const busyThreads: Cause = {
  code: 'BUSY_PROCESSORS',
  severity: 'remark',
  asked: 'not-faster',
  explainsSpeed: true,
  find({ provider, threads, otherLoad }) {
    if (provider !== 'cpu' || threads === 1 || otherLoad === null || otherLoad <= busy) return null;
    return {
      reason: `Other programs used ${percent(otherLoad)} of the processor time, and threads of ONNX Runtime that wait for one another on busy processors lose more than they gain.`,
      remedy: 'Close other programs, or compare with one thread.',
    };
  },
};

/** Machines, sizes and settings at which a lower precision gains nothing. */
export const slowPlaces: readonly Cause[] = [
  withoutVnni,
  smallProducts,
  conversionTime,
  mostlyFloat,
  manyRowsInBlocks,
  accuracyLevel,
  busyThreads,
];
