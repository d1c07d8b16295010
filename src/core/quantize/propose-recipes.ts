import type { ProviderId } from '../../shared/domain/provider.ts';
import type { RecipeId } from '../../shared/domain/quantization.ts';
import type { RecipeAdvice, RecipeOpinion } from '../../shared/domain/recipe-advice.ts';
import type { ModelFacts, Target } from './advice/facts.ts';
import { onAccelerators } from './advice/on-accelerators.ts';
import { onCpu } from './advice/on-cpu.ts';
import type { Advisers, Opinion } from './advice/opinion.ts';

const advisers: Readonly<Record<ProviderId, Advisers>> = { cpu: onCpu, ...onAccelerators };

/**
 * Says of every recipe in `available` whether it is proposed for a model on a provider, and why; the best comes first,
 * those that are advised against last. Rules and their measurements are in docs/method/quantization.md.
 */
export function proposeRecipes(
  facts: ModelFacts,
  target: Target,
  available: readonly RecipeId[],
): Omit<RecipeAdvice, 'calibration'> {
  const judged = available
    .map((recipe) => ({ recipe, opinion: judge(recipe, facts, target) }))
    .toSorted((one, other) => (one.opinion.rank ?? Infinity) - (other.opinion.rank ?? Infinity) || 0);
  const opinions = judged.map(({ recipe, opinion }): RecipeOpinion => ({
    recipe,
    stance: opinion.rank === null ? 'against' : 'proposed',
    reason: opinion.reason,
    caution: opinion.caution ?? null,
    parameters: { ...opinion.parameters },
    sizeBytes: predictSize(recipe, facts),
  }));
  return {
    sizeBytes: facts.sizeBytes,
    basis: {
      kind: facts.work.kind,
      productShare: facts.work.products,
      convolutionShare: facts.work.convolutions,
    },
    evidence: target.provider === 'cpu' ? measuredOnCpu : notMeasured,
    isQuantized: facts.quantizedBy !== null,
    opinions,
    nothing: opinions.some(({ stance }) => stance === 'proposed') ? null : explainNothing(facts, target),
  };
}

const measuredOnCpu =
  'Speeds and errors in these reasons were measured with ONNX Runtime 1.30 on a Xeon with VNNI and AMX, one thread; what this model gains on this machine is to be measured.';
const notMeasured =
  'Nothing of this was measured on such a device: it follows from the kernels that ONNX Runtime 1.30 has for it.';

function judge(recipe: RecipeId, facts: ModelFacts, target: Target): Opinion {
  if (facts.quantizedBy !== null) {
    return {
      rank: null,
      reason: `It is quantized already (${facts.quantizedBy}). Quantize the float32 model that it was made from.`,
    };
  }
  return advisers[target.provider][recipe](facts, target);
}

function explainNothing({ quantizedBy }: ModelFacts, { provider }: Target): string {
  return quantizedBy === null
    ? `No recipe is known to make this model faster on the provider ${provider}.`
    : 'This model is quantized already.';
}

/** Bytes of one weight afterwards, a scale of 4 bytes for each block of 32 included, and which weights those are. */
const changed: Readonly<Record<RecipeId, [bytes: number, of: keyof ModelFacts['elements'] | 'both']>> = {
  'int8-dynamic': [1, 'products'],
  'int8-static': [1, 'both'],
  'int8-weight': [1 + 4 / 32, 'products'],
  'int4-weight': [0.5 + 4 / 32, 'products'],
  fp16: [2, 'all'],
};

function predictSize(recipe: RecipeId, { sizeBytes, elements }: ModelFacts): number {
  const [bytes, of] = changed[recipe];
  const count = of === 'both' ? elements.products + elements.convolutions : elements[of];
  return Math.max(0, Math.round(sizeBytes - (4 - bytes) * count));
}
