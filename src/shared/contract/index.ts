import { comparisons } from './comparisons.ts';
import { doctor } from './doctor.ts';
import { exports } from './exports.ts';
import { machine } from './machine.ts';
import { models } from './models.ts';
import { plans } from './plans.ts';
import { profiles } from './profiles.ts';
import { providers } from './providers.ts';
import { quantization } from './quantization.ts';
import { results } from './results.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';

/** The one API of every host: a file per domain, the same over every transport. */
export const contract = {
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
};
