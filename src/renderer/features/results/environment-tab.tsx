import type { Measurement } from '../../../shared/domain/measurement.ts';
import type { CellRecord, Provenance } from '../../../shared/domain/run.ts';
import { Facts, type Fact } from '../../components/facts.tsx';
import { Panel } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { loadFacts } from './load-facts.tsx';
import { MachineFacts } from './machine-facts.tsx';
import { Count, Quantity } from './quantity.tsx';

interface EnvironmentTabProps {
  cell: CellRecord;
  /** null: nothing was measured to its end. */
  measurement: Measurement | null;
}

/** Everything that is needed to repeat a result, or to distrust it. */
export function EnvironmentTab({ cell: { provenance }, measurement }: EnvironmentTabProps) {
  if (provenance === null) return <Empty>It ended before its environment was recorded.</Empty>;
  const options = Object.entries(provenance.sessionOptions).map(([name, value]): Fact => ({
    name,
    value: <code>{JSON.stringify(value)}</code>,
  }));
  const resolved = Object.entries(provenance.providerOptions ?? {}).map(([name, value]): Fact => ({ name, value }));
  return (
    <>
      <Panel title="Model">
        <Facts facts={modelFacts(provenance)} />
      </Panel>
      <Panel title="Inputs">
        <Facts facts={inputFacts(provenance)} />
      </Panel>
      <Panel title="Runtime">
        <Facts facts={runtimeFacts(provenance)} />
      </Panel>
      <Panel title="Session options, as handed to ONNX Runtime">
        {options.length === 0 ? <p>The defaults of ONNX Runtime.</p> : <Facts facts={options} />}
      </Panel>
      {resolved.length > 0 && (
        <Panel title="Provider options that JavaScript does not reach, as resolved">
          <Facts facts={resolved} />
        </Panel>
      )}
      <Panel title="Machine">
        <MachineFacts fingerprint={provenance.machineFingerprint} sha256={provenance.machineSha256} />
      </Panel>
      {measurement !== null && (
        <Panel title="Load and execution">
          <Facts facts={loadFacts(measurement)} />
        </Panel>
      )}
    </>
  );
}

function modelFacts({ model, quantization }: Provenance): Fact[] {
  const opsets = Object.entries(model.opsets).map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`);
  return [
    { name: 'Name', value: model.id },
    ...(model.path === null ? [] : [{ name: 'File', value: <code>{model.path}</code> }]),
    { name: 'Size', value: <Quantity unit="B" value={model.sizeBytes} /> },
    { name: 'Parameters', value: <Count value={model.parameters} /> },
    { name: 'Operator sets', value: `${opsets.join(', ')}; IR version ${model.irVersion}` },
    ...(quantization === null
      ? []
      : [
          {
            name: 'Quantization',
            value: (
              <>
                {quantization.recipe}
                {quantization.calibrationSha256 !== null && (
                  <>
                    , calibrated with <code>{quantization.calibrationSha256}</code>
                  </>
                )}
              </>
            ),
          },
        ]),
    { name: 'SHA-256', value: <code>{model.sha256}</code> },
  ];
}

const sourceWords: Readonly<Record<Provenance['inputs']['source'], string>> = {
  generated: 'generated',
  files: 'recorded test data',
  labelled: 'labelled samples that ship with the model',
};

function inputFacts({ inputs }: Provenance): Fact[] {
  return [
    {
      name: 'Source',
      value: `${sourceWords[inputs.source]}${inputs.seed === null ? '' : `, seed ${inputs.seed}`}`,
    },
    { name: 'Distinct samples', value: <Count value={inputs.distinct} /> },
    ...(inputs.remarks.length === 0 ? [] : [{ name: 'Assumed', value: inputs.remarks.join(' ') }]),
    { name: 'SHA-256', value: <code>{inputs.sha256}</code> },
  ];
}

function runtimeFacts({ runtime, app, startedAt }: Provenance): Fact[] {
  const { onnxruntime, node, provider, device, driver, cuda, libraries } = runtime;
  const known = (name: string, value: string | null): Fact[] => (value === null ? [] : [{ name, value }]);
  return [
    { name: 'ONNX Runtime', value: onnxruntime },
    { name: 'Provider', value: provider },
    { name: 'Device', value: device ?? 'not told by the provider' },
    ...known('Driver', driver),
    ...known('CUDA', cuda),
    ...(libraries.length === 0 ? [] : [{ name: 'GPU libraries', value: <code>{libraries.join(', ')}</code> }]),
    { name: 'Node', value: node },
    { name: 'Inferometer', value: app.commit === null ? app.version : `${app.version}, commit ${app.commit}` },
    { name: 'Started', value: <time dateTime={startedAt}>{startedAt}</time> },
  ];
}
