import type { DisplayAdapter, Gpu } from '../../../shared/domain/machine.ts';
import { Facts, type Fact } from '../../components/facts.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './machines.module.css';
import { joinAbsent, knownFact, observedFact, yesOrNo } from './observed-fact.tsx';

const sources: Readonly<Record<Gpu['source'], string>> = {
  nvml: 'NVML',
  'nvidia-smi': 'nvidia-smi',
  system: 'the system',
};

/** A GPU with what its driver tells of it. */
export function GpuFacts({ gpu }: { gpu: Gpu }) {
  const format = useFormat();
  const bytes = (value: number): string => format.quantity(value, 'B');
  const megahertz = (value: number): string => `${format.count(value)} MHz`;
  const facts = joinAbsent([
    knownFact('Vendor', gpu.vendor),
    observedFact('Memory', gpu.memoryBytes, bytes),
    observedFact('Memory in use', gpu.memoryUsedBytes, bytes),
    observedFact('Driver', gpu.driverVersion, (version) => version),
    observedFact('CUDA of the driver', gpu.cudaDriverVersion, (version) => `up to ${version}`),
    observedFact('Clock', gpu.smClock.currentMHz, megahertz),
    observedFact('Highest clock', gpu.smClock.maxMHz, megahertz),
    observedFact('Memory clock', gpu.memoryClock.currentMHz, megahertz),
    observedFact('Highest memory clock', gpu.memoryClock.maxMHz, megahertz),
    observedFact('Temperature', gpu.temperatureC, (value) => `${format.count(value)} °C`),
    observedFact('Power limit', gpu.powerLimitW, (value) => format.quantity(value, 'W')),
    observedFact('Highest power limit', gpu.powerLimitMaxW, (value) => format.quantity(value, 'W')),
    observedFact('PCIe generation', gpu.pcieGeneration.current, format.count),
    observedFact('PCIe generation possible', gpu.pcieGeneration.max, format.count),
    observedFact('PCIe lanes', gpu.pcieWidth.current, format.count),
    observedFact('PCIe lanes possible', gpu.pcieWidth.max, format.count),
    observedFact('MIG', gpu.migEnabled, yesOrNo),
    observedFact('Error correction', gpu.eccEnabled, yesOrNo),
    observedFact('VBIOS', gpu.vbios, (version) => <code>{version}</code>),
    observedFact('UUID', gpu.uuid, (uuid) => <code>{uuid}</code>),
    observedFact('In the catalogue', gpu.catalogueIds, (ids) => ids.join(' or ')),
  ]);
  return (
    <div className={classes.gpu}>
      <h3 className={classes.subtitle}>
        {gpu.index}: {gpu.name} <span className={classes.muted}>as told by {sources[gpu.source]}</span>
      </h3>
      <Facts facts={facts} />
    </div>
  );
}

const adapterKinds: Readonly<Record<DisplayAdapter['kind'], string>> = {
  graphics: 'can compute',
  management: 'remote console of a server, cannot compute',
  virtual: 'screen of a hypervisor, cannot compute',
};

export function listDisplayFacts(adapters: readonly DisplayAdapter[]): Fact[] {
  return adapters.map(({ name, kind, busAddress }) => ({
    name,
    value: (
      <>
        {adapterKinds[kind]}
        {busAddress.status === 'present' && (
          <>
            {' '}
            <code className={classes.muted}>{busAddress.value}</code>
          </>
        )}
      </>
    ),
  }));
}
