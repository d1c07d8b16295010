import type { ModelCost } from '../../shared/domain/model.ts';
import type { ProfilePlan } from '../../shared/domain/profile.ts';
import { absent, present, type Observed } from '../../shared/domain/provenance.ts';
import { InferometerError } from '../../shared/errors.ts';
import { resolveModelCost, type CostOptions } from '../models/resolve-cost.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import type { CountedWork } from './read-roofline.ts';

export interface CountOptions extends Omit<CostOptions, 'dims' | 'batch'> {
  plan: Pick<ProfilePlan, 'batch' | 'dims'>;
  /** Bytes of one query's inputs and outputs. */
  inputBytes: number;
  outputBytes: number;
}

/**
 * Operations and bytes of one query. They are counted for one sample and multiplied by the batch, so that a batch which
 * the model does not compute is not taken for less work; only a model that fixes its batch is counted at that. Absent
 * with the reason where the model cannot be counted. Throws CANCELLED and STORAGE_*.
 */
export async function countWork(
  model: ResolvedModel,
  { plan, inputBytes, outputBytes, ...options }: CountOptions,
): Promise<Observed<CountedWork>> {
  try {
    const { cost, samples } = await costOfSamples(model, { ...options, dims: plan.dims }, plan.batch);
    return present(toWork(cost, plan.batch / samples, inputBytes + outputBytes));
  } catch (error) {
    if (!(error instanceof InferometerError) || error.code === 'CANCELLED' || error.code.startsWith('STORAGE'))
      throw error;
    return absent(`the operations of the model could not be counted: ${error.message}`, error.remedy);
  }
}

async function costOfSamples(
  model: ResolvedModel,
  options: Omit<CostOptions, 'batch'>,
  batch: number,
): Promise<{ cost: ModelCost; samples: number }> {
  try {
    return { cost: await resolveModelCost(model, { ...options, batch: 1 }), samples: 1 };
  } catch (error) {
    const isFixed = error instanceof InferometerError && error.code === 'DIMENSION_MISMATCH';
    if (!isFixed || batch === 1) throw error;
    return { cost: await resolveModelCost(model, { ...options, batch }), samples: batch };
  }
}

/** The weights are read once, however many samples there are. */
export function toWork(cost: ModelCost, times: number, boundaryBytes: number): CountedWork {
  const weightBytes = cost.nodes.reduce((sum, node) => sum + node.weightBytes, 0);
  return {
    flops: cost.flops * times,
    traffic: {
      weightBytes,
      activationBytes: cost.activationBytes * times,
      compulsoryBytes: weightBytes + boundaryBytes,
    },
    uncounted: cost.uncounted,
  };
}
