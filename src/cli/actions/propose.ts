import type { Core } from '../../core/create-core.ts';
import { invocation } from '../../core/invocation.ts';
import type { ResolvedModel } from '../../core/models/resolve-model.ts';
import { adviseModel } from '../../core/quantize/advise-model.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import type { RecipeAdvice } from '../../shared/domain/recipe-advice.ts';
import { formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { printFacts, type Fact } from '../output/facts.ts';
import { wrap, type Terminal } from '../output/terminal.ts';

/** Says which recipes are worth trying for a model with a provider on this machine, and why. */
export async function propose(
  { terminal, signal }: CommandHost,
  core: Core,
  model: ResolvedModel,
  provider: ProviderId,
): Promise<CommandResult> {
  terminal.progress(`${model.id} · looking at the model and this machine`);
  const machine = await core.detectMachine();
  const ports = { spawn: core.spawn, temporaryFolder: core.directory.temporary, machine, signal };
  const advice = await adviseModel(model, provider, ports);
  terminal.endProgress();
  printAdvice(terminal, model.id, provider, advice);
  return { data: { model: model.id, provider, advice } };
}

function printAdvice(terminal: Terminal, model: string, provider: ProviderId, advice: RecipeAdvice): void {
  const { opinions, nothing, sizeBytes } = advice;
  terminal.print(
    `${terminal.paint('strong', model)}  ${terminal.paint('muted', `${formatQuantity(sizeBytes, 'B').text}, on ${provider}`)}`,
  );
  if (nothing !== null) terminal.print('', nothing);
  const toFacts = (stance: 'proposed' | 'against'): Fact[] =>
    opinions
      .filter((opinion) => opinion.stance === stance)
      .flatMap(({ recipe, reason, caution, sizeBytes: size }): Fact[] => [
        [recipe, stance === 'proposed' ? `${reason} About ${formatQuantity(size, 'B').text}.` : reason],
        ...(caution === null ? [] : [['', { text: caution, style: 'caution' }] as const]),
      ]);
  const proposed = toFacts('proposed');
  const against = toFacts('against');
  if (proposed.length > 0) printFacts(terminal, 'Proposed, best first', proposed);
  if (against.length > 0) printFacts(terminal, 'Not proposed', against);
  terminal.print('', ...wrap(advice.evidence, terminal.width).map((line) => terminal.paint('muted', line)));
  const [best] = opinions.filter(({ stance }) => stance === 'proposed');
  if (best === undefined) return;
  const data = best.recipe === 'int8-static' && advice.calibration === 'generated' ? ' --calibration <data>' : '';
  terminal.print('', terminal.paint('muted', `$ ${invocation} quantize ${model} --to ${best.recipe}${data} -o <file>`));
}
