import { comparisons } from './comparisons.ts';
import { doctor } from './doctor.ts';
import { exports } from './exports.ts';
import { api } from './implement.ts';
import { machine } from './machine.ts';
import { models } from './models.ts';
import { plans } from './plans.ts';
import { profiles } from './profiles.ts';
import { providers } from './providers.ts';
import { quantization } from './quantization.ts';
import { results } from './results.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';

/** Implements the whole contract; hosts put it behind a transport together with an ApiContext. */
export const router = api.router({
  machine,
  providers,
  models,
  plans,
  quantization,
  runs,
  comparisons,
  profiles,
  results,
  exports,
  settings,
  doctor,
});
