import type { CpuFacts, ModelFacts } from './facts.ts';
import { advise, countOf, ofWork, percent, propose, type Advisers, type Opinion } from './opinion.ts';

/*
 * Speeds and errors in these sentences are those of docs/method/quantization.md ("Which recipe"): ONNX Runtime 1.30 on
 * a Xeon with VNNI and AMX, one thread. They tell how recipes differ; what a model gains here is to be measured.
 */

/** From here on weights are read often enough in one call that 4 bits gain nothing (0.5 to 1.1 times at 64 rows). */
const manyRows = 16;
/** Up to this width of a product the conversions around it weigh (256 wide: 1.2 times, 64 wide: 0.63 times). */
const narrow = 256;

/** What the CPU provider of ONNX Runtime makes of each recipe. */
export const onCpu: Advisers = {
  'int8-dynamic': (facts, { cpu }) => {
    const { products, convolutions } = facts.work;
    if (facts.products === 0) return advise(noProducts);
    if (convolutions > products) {
      return advise(
        `Convolutions are ${percent(convolutions)} ${ofWork(facts)} and would stay in float32: quantized while the model runs (ConvInteger) they take 1.4 to 3.4 times as long.`,
      );
    }
    const gain =
      facts.rows === 1 && !facts.hasCache
        ? 'In products of width 1024 it was 3.2 times as fast at batch 1 and 5.5 times at batch 64'
        : facts.hasCache
          ? 'In a decoder it was 4.6 times as fast for a token and 4.5 times for a prompt'
          : 'In layers of BERT it was 4.3 times as fast, with less than half the error of static quantization';
    return propose(
      facts.hasCache ? 2 : 1,
      `Products with constant weights, all that it changes, are ${percent(products)} ${ofWork(facts)}. ${gain}; no calibration.`,
      { caution: join(narrowProducts(facts), slowIntegers(cpu)), ...weightRange(cpu) },
    );
  },

  'int8-static': (facts, { cpu }) => {
    const { products, convolutions } = facts.work;
    if (convolutions === 0 && facts.products === 0)
      return advise('It has neither convolutions nor products to change.');
    const hard = (facts.operators.HardSwish ?? 0) + (facts.operators.HardSigmoid ?? 0);
    const convolutionNodes = facts.operators.Conv ?? 0;
    if (convolutions > products) {
      if (hard > 0.2 * convolutionNodes) {
        return advise(
          `No 8-bit kernel exists for its ${countOf(hard, 'HardSwish and HardSigmoid node')}: each is an island in float32 between two conversions, and a network of that kind ran at half its float32 speed. Believe a gain only when it is measured.`,
        );
      }
      const gain =
        facts.depthwise > 0
          ? 'with depthwise convolutions, as here, 1.2 to 1.4 times'
          : 'ResNet-50 ran 3.0 times as fast';
      return propose(
        1,
        `Convolutions are ${percent(convolutions)} ${ofWork(facts)}, and this is the one integer form that is fast for them: ${gain}. Needs calibration data.`,
        { caution: join(tiny(facts), siluIslands(facts), slowIntegers(cpu)) },
      );
    }
    return propose(
      4,
      'For products it is about as fast as INT8 dynamic (3.8 to 4.4 against 4.3 times), with two to three times its error, and it needs calibration data.',
      { caution: slowIntegers(cpu) },
    );
  },

  'int4-weight': (facts) => {
    if (facts.products === 0) return advise(noProducts);
    if (facts.work.convolutions > facts.work.products) return advise(onlyProducts(facts));
    const isOwn = facts.hasCache || facts.rows === 1;
    if (facts.hasCache) {
      return propose(
        1,
        'A new token reads every weight once, and in 4 bits there is an eighth to read: 5.5 times as fast for a token, 6.2 times with blocks of 128 and some more error.',
        { caution: 'A prompt, where many rows share each weight, gets no faster (0.9 times).' },
      );
    }
    if (isOwn) {
      return propose(
        2,
        'One row passes each product at batch 1: at a width of 1024 it was 4.5 times as fast there, 6.8 times with blocks of 128, and has an eighth of the weights.',
        {
          caution: join(
            notMeasuredNarrow(facts),
            'Its error is about ten times that of INT8, and at batch 64 it ran at half the float32 speed.',
          ),
        },
      );
    }
    if (facts.rows !== null && facts.rows >= manyRows) {
      return advise(
        `${facts.rows} rows pass each product even at batch 1, and with 64 rows and more it ran at 0.5 to 1.1 of the float32 speed. Choose it for size alone: an eighth of the weights.`,
      );
    }
    return propose(3, 'An eighth of the weights; faster only where few rows pass each product, as for a token.', {
      caution: 'Its error is about ten times that of INT8.',
    });
  },

  'int8-weight': (facts) => {
    if (facts.products === 0) return advise(noProducts);
    if (facts.work.convolutions > facts.work.products) return advise(onlyProducts(facts));
    if (facts.hasCache) {
      return propose(
        3,
        'For a token 4.1 times as fast, with a tenth of the error of INT4; activations are rounded row by row, finer than in INT8 dynamic.',
        { caution: 'A prompt gets no faster (1.0 times), where INT8 dynamic gained 4.5 times at the same size.' },
      );
    }
    return advise(
      'INT8 dynamic has the same size and was faster at every batch (3.2 against 2.8 times at batch 1, 5.5 against 0.8 at 64).',
    );
  },

  fp16: () =>
    advise(
      'ONNX Runtime computes float16 in float32 on CPUs: half the file, the same speed (1.0 times), and no sign of the error that float16 has elsewhere.',
    ),
};

const noProducts = 'It has no MatMul or Gemm with a constant weight, which is all that this recipe changes.';

function onlyProducts(facts: ModelFacts): string {
  return `It changes products only, and convolutions are ${percent(facts.work.convolutions)} ${ofWork(facts)}.`;
}

function narrowProducts({ width }: ModelFacts): string | null {
  if (width === null || width > narrow) return null;
  return `Its products are ${width} wide: the conversions around them weigh, and at batch 1 a width of 256 gained 1.2 times, a width of 64 lost (0.6 times).`;
}

/** Less is read of narrow weights, which is where four bits gain. */
function notMeasuredNarrow({ width }: ModelFacts): string | null {
  if (width === null || width > narrow) return null;
  return `Its products are ${width} wide, where this was not measured and there is less to gain.`;
}

/** Where conversions weigh as much as the work between them. */
function tiny({ macs }: ModelFacts): string | null {
  if (macs === null || macs >= 2e6) return null;
  return 'One execution is small: the conversions between float32 and integers may take longer than its work, so measure it.';
}

/** SiLU is Sigmoid and Mul in a file; other uses of Sigmoid are few in convolutional networks. */
function siluIslands({ operators }: ModelFacts): string | null {
  const count = operators.Sigmoid ?? 0;
  return count > 0.2 * (operators.Conv ?? 0) ? 'With SiLU after its convolutions it gained 1.3 times.' : null;
}

function slowIntegers({ architecture, integerProducts }: CpuFacts): string | null {
  if (integerProducts !== 'none') return null;
  return architecture === 'arm64'
    ? 'This processor has no dot product of bytes, without which integers gain little.'
    : 'This processor has neither VNNI nor AMX, without which INT8 may gain nothing (15.8 ms against 15.2 ms on a Xeon Silver 4116).';
}

/** Weights within 7 bits where sums of products would saturate; it about doubles the error, so nowhere else. */
function weightRange({ saturates }: CpuFacts): Pick<Opinion, 'parameters'> {
  return saturates === true ? { parameters: { reduceRange: true } } : {};
}

function join(...sentences: readonly (string | null)[]): string | null {
  const said = sentences.filter((sentence) => sentence !== null);
  return said.length === 0 ? null : said.join(' ');
}
