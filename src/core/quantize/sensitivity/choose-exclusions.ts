import type { RecipeId } from '../../../shared/domain/quantization.ts';
import type { Loss, LossMeasure, Sensitivity, SensitivityProgress } from '../../../shared/domain/sensitivity.ts';
import { InferometerError } from '../../../shared/errors.ts';
import type { Dataset } from '../../models/inputs/dataset/dataset.ts';
import { recipes } from '../registry.ts';
import { chooseMeasure, judgeLoss } from './judge-loss.ts';
import { createPace } from './pace.ts';
import { changedNodes, rankNodes } from './rank-nodes.ts';
import { searchExclusions } from './search-exclusions.ts';
import { openTrials, type TrialOptions } from './trials.ts';

export interface ChooseOptions extends Omit<TrialOptions, 'evaluation' | 'quickSamples'> {
  /** Samples that share none with those for calibration. */
  evaluation: Dataset;
  /** Largest loss that is accepted; null: nodes are only ranked. */
  bound: number | null;
  /** Ranks nodes even where the bound is met without leaving any. */
  ranksAlways?: boolean;
  /** Why nothing may be read from the evaluation, e.g. generated inputs; null otherwise. */
  voidReason: string | null;
  onProgress?: (progress: SensitivityProgress) => void;
}

/** Ranking needs the order and no exact number: outputs of so many samples have it, at a part of the time. */
const quickSamples = 16;

/**
 * Measures what quantizing a model costs on evaluation data, node by node where it is more than `bound`, and chooses
 * the fewest nodes to leave that keep it within. Every choice is judged by the variant that it gives, over all samples.
 * Throws USAGE for a bound without data that means something, QUALITY_BOUND_MISSED where no exclusion meets it, and
 * what quantizing and running a model throw.
 */
export async function chooseExclusions(sourcePath: string, options: ChooseOptions): Promise<Sensitivity> {
  const { evaluation, bound, voidReason, onProgress = () => undefined } = options;
  if (bound !== null && voidReason !== null) throw meaninglessBound(voidReason);
  const startedMs = performance.now();
  onProgress({ stage: 'source', done: 0, of: 1, remainingS: null });
  await using trials = await openTrials(sourcePath, { ...options, quickSamples });
  onProgress({ stage: 'all', done: 0, of: 1, remainingS: null });
  const first = await trials.run([], 'full');
  if (first === null) throw nothingChanged(sourcePath, options.recipe);
  const measure = chooseMeasure(first.compared);
  const all = judgeLoss(first.compared, measure);
  const isWithin = ({ loss }: Loss): boolean => bound !== null && loss !== null && loss.value <= bound;
  const remarks = [...remarksOn(options, measure, evaluation), ...first.compared.remarks];
  const finish = (found: Pick<Sensitivity, 'reached' | 'excluded' | 'scan'>): Sensitivity => ({
    measure,
    bound,
    evaluation: {
      description: evaluation.description,
      sha256: evaluation.pool.sha256,
      samples: evaluation.pool.distinctSamples,
    },
    voidReason,
    all,
    ...found,
    modelsTried: trials.count(),
    durationS: (performance.now() - startedMs) / 1000,
    remarks: [...new Set(remarks)],
  });
  if (isWithin(all) && options.ranksAlways !== true) return finish({ reached: all, excluded: [], scan: null });

  const changed = changedNodes(trials.names, first.nodes);
  // What is computed in float32 all the same costs nothing that could be seen, and there are thousands of such nodes.
  const ranked = recipes[options.recipe].isForGpus ? changed.filter(({ node }) => trials.weighted.has(node)) : changed;
  const nodes = await rankNodes(trials, ranked, { changed, measure, onProgress });
  const scan = { samples: trials.quickSamples, nodes };
  if (bound === null || isWithin(all)) return finish({ reached: all, excluded: [], scan });

  const pace = createPace();
  // The same nodes are not tried twice: halving and taking back may meet again.
  const reached = new Map<string, Loss>();
  const ranking = nodes.map(({ node }) => node);
  let searched = 0;
  const excluded = await searchExclusions(ranking, async (left) => {
    const key = JSON.stringify(left);
    const known = reached.get(key);
    if (known !== undefined) return isWithin(known);
    onProgress({ stage: 'search', done: searched++, of: null, remainingS: pace.left(1) });
    const trial = await trials.run(left, 'full');
    if (trial === null) return false;
    const loss = judgeLoss(trial.compared, measure);
    reached.set(key, loss);
    return isWithin(loss);
  });
  const loss = reached.get(JSON.stringify(excluded));
  if (excluded === null || loss === undefined) throw boundMissed(finish({ reached: all, excluded: [], scan }));
  return finish({ reached: loss, excluded, scan });
}

function remarksOn({ recipe }: ChooseOptions, measure: LossMeasure, { pool }: Dataset): string[] {
  const smallest = 1 / pool.distinctSamples;
  return [
    ...pool.remarks,
    ...(recipes[recipe].isForGpus
      ? ['Measured on the CPU, which computes float16 in float32: only the rounding of weights is seen.']
      : []),
    ...(measure === 'error' || smallest <= finestStep
      ? []
      : [
          `With ${pool.distinctSamples} samples a loss below ${(100 * smallest).toFixed(1)} % cannot be told from none.`,
        ]),
  ];
}

/** Steps of loss that are fine enough to need no words. */
const finestStep = 0.002;

function meaninglessBound(reason: string): InferometerError {
  return new InferometerError({
    code: 'USAGE',
    message: `A bound on quality means nothing here: ${reason.replace(/\.$/, '')}.`,
    remedy: 'Give data that the model was not calibrated with by --evaluate, with labels where there are any.',
  });
}

function nothingChanged(path: string, recipe: RecipeId): InferometerError {
  return new InferometerError({
    code: 'MODEL_NOTHING_TO_QUANTIZE',
    message: `${path} has no node that the recipe ${recipe} could change, so there is nothing to judge.`,
    remedy: 'Choose another recipe; docs/method/quantization.md says which operators each one changes.',
    data: { path, recipe },
  });
}

function boundMissed({ all, bound, scan, evaluation }: Sensitivity): InferometerError {
  const [worst] = scan?.nodes ?? [];
  const percent = (value: number): string => `${(100 * value).toPrecision(3)} %`;
  const found = all.loss === null ? 'not finite' : percent(all.loss.value);
  return new InferometerError({
    code: 'QUALITY_BOUND_MISSED',
    message:
      `No exclusion keeps the loss on ${evaluation.description} within ${percent(bound ?? 0)}: ` +
      `with all nodes quantized it is ${found}, and "${worst?.node ?? ''}" costs most.`,
    remedy: 'Allow a larger loss, calibrate with more data or another method, or choose another recipe.',
    data: { bound, loss: all.loss?.value ?? null, nodes: scan?.nodes ?? [] },
  });
}
