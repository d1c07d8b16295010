import { InferometerError } from '../../../shared/errors.ts';

/** Inputs that ranges cannot be learned from. */
function invalid(message: string, remedy: string, data: Record<string, unknown> = {}): InferometerError {
  return new InferometerError({ code: 'CALIBRATION_INVALID', message, remedy, data });
}

export function notANumber(tensor: string): InferometerError {
  return invalid(
    `With the calibration inputs the tensor "${tensor}" contains NaN.`,
    'Look for NaN in the inputs, and give inputs for which the float32 model computes numbers.',
    { tensor },
  );
}

export function withoutFeeds(): InferometerError {
  return invalid('There are no calibration inputs.', 'Give at least one input, better 32 or more.');
}

export function neverVaries(tensors: readonly string[]): InferometerError {
  const names = tensors.map((name) => `"${name}"`).join(', ');
  return invalid(
    `The calibration inputs never vary: every value of ${names} is the same.`,
    'Give inputs as the model sees them in use; 32 or more that differ.',
    { tensors },
  );
}

export function wrongInputs(reason: string, data: Record<string, unknown>): InferometerError {
  return invalid(
    `The calibration inputs do not fit the model: ${reason}.`,
    'Look at the inputs of the model with `inferometer inspect`, and give files with these names, types and shapes.',
    data,
  );
}
