import type { Measurement } from '../../shared/domain/measurement.ts';
import type { MeasureCellOptions, MeasuredCell } from './cell-options.ts';
import type { CellRules } from './cell-rules.ts';
import { ceilingOfProvider, macsPerSample } from './plausibility.ts';
import { judgeValidity } from './validity.ts';

/** What an engine said it was. */
interface Ran {
  sessionOptions: Record<string, unknown>;
  providerOptions: Record<string, string>;
  libraries: string[];
  versions: { node: string; onnxruntime: string } | null;
}

/** The outcome of a configuration that was measured to its end, judged, and what it ran on. */
export function concludeCell(
  { prepared, device, machine }: MeasureCellOptions,
  rules: CellRules,
  measurement: Measurement,
  ran: Ran | undefined,
): Pick<MeasuredCell, 'outcome' | 'engine'> {
  const { config, model, inputs } = prepared;
  const validity = judgeValidity(measurement, {
    config,
    grade: rules.grade,
    customRules: rules.custom,
    weightPrecision: model.summary.weightPrecision,
    inputs,
    warmUpTolerance: rules.warmUp.tolerance,
    softwareAdapter: device?.software ?? false,
    providerOptions: ran?.providerOptions ?? {},
    // What is known of a model is the work of one call, and a generated token is not one.
    macsPerSample: config.scenario === 'decode' ? null : macsPerSample(model.reference, config.dims),
    ceilingMacsPerS: ceilingOfProvider(config.provider, machine, ran?.providerOptions ?? {}),
  });
  const engine =
    ran?.versions == null
      ? null
      : {
          sessionOptions: ran.sessionOptions,
          providerOptions: ran.providerOptions,
          versions: ran.versions,
          libraries: ran.libraries,
          device: device?.device ?? null,
        };
  return { outcome: { state: 'completed', measurement, validity }, engine };
}
