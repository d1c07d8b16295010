import { quote } from './command.ts';
import type { ProfilePlan } from './domain/profile.ts';

/** The command that repeats a profile, quoted for a POSIX shell; see `toCommand` for measurements. */
export function toProfileCommand({ model, provider, batch, threads, device, dims, seed, inputs }: ProfilePlan): string {
  const parts = ['inferometer', 'profile', quote(model), '--provider', provider, '--batch', String(batch)];
  if (threads !== 0) parts.push('--threads', String(threads));
  if (device !== undefined) parts.push('--device', String(device));
  for (const [name, size] of Object.entries(dims)) parts.push('--dim', quote(`${name}=${size}`));
  parts.push('--seed', String(seed));
  if (inputs !== null) parts.push('--inputs', quote(inputs));
  return parts.join(' ');
}
