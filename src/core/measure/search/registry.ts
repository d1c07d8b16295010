import type { Search } from '../../../shared/domain/plan.ts';
import { searchRate } from './rate.ts';
import type { PlanNext } from './search.ts';
import { tune } from './tune.ts';

/** Every search, one file each. */
export const searches: Readonly<Record<Search['kind'], PlanNext>> = { rate: searchRate, tune };
