import type { Measurement } from '../../../shared/domain/measurement.ts';
import type { Placement } from '../../../shared/domain/placement.ts';
import type { Observed, Unit } from '../../../shared/domain/provenance.ts';
import type { Fact } from '../../components/facts.tsx';
import { Count, Quantity } from './quantity.tsx';

const untold = 'not available: this system does not tell';

/** What else the machine did, what the engine took, and what was really executed. */
export function loadFacts({ disturbance, ...measurement }: Measurement): Fact[] {
  const { executedBatch, threadsUsed, betweenProcessSpread, processes, placement } = measurement;
  const known = (name: string, value: number | null, unit: Unit): Fact => ({
    name,
    value: value === null ? untold : <Quantity unit={unit} value={value} />,
  });
  return [
    known('Other load before', disturbance.otherLoadBefore, 'ratio'),
    known('Other load during', disturbance.otherLoadDuring, 'ratio'),
    known('Stolen by a hypervisor', disturbance.stealShare, 'ratio'),
    known('Peak memory of the engine', disturbance.enginePeakRssBytes, 'B'),
    known('Before session creation', disturbance.engineRssBeforeBytes, 'B'),
    {
      name: 'Executed batch',
      value: executedBatch === null ? 'not available: no output shows the batch' : <Count value={executedBatch} />,
    },
    ...(placement === undefined ? [] : [{ name: 'Placement', value: describePlacement(placement) }]),
    { name: 'Threads used', value: threadsUsed === null ? untold : <Count value={threadsUsed} /> },
    {
      name: 'Between processes',
      value:
        betweenProcessSpread === null ? (
          'not available: it takes two engine processes'
        ) : (
          <>
            <Quantity kind="computed" unit="ratio" value={betweenProcessSpread} /> standard deviation of the{' '}
            {processes.length} medians over their mean
          </>
        ),
    },
  ];
}

const labels: Readonly<Record<Placement['label'], string>> = {
  device: 'on the device',
  mixed: 'mixed: on the device and on the processor',
  cpu: 'on the processor, not on the device',
};

function describePlacement(placement: Observed<Placement>): string {
  if (placement.status === 'absent') return `not available: ${placement.reason}`;
  const { label, deviceShare, providers, memcpyNodes } = placement.value;
  const nodes = providers.map((one) => `${one.provider} ${one.nodes}`).join(', ');
  const share = `${(deviceShare * 100).toPrecision(3)} % of the time on the device`;
  return `${labels[label]}; ${share}; nodes: ${nodes}, ${memcpyNodes} of them copies; copies of inputs and outputs are not separable with this provider`;
}
