import { groupOperators } from '../../src/core/profile/group-operators.ts';
import { readNodes } from '../../src/core/profile/read-nodes.ts';
import { create } from '@bufbuild/protobuf';
import { GraphProtoSchema } from '../../src/core/onnx/gen/onnx_pb.js';
import type { ProfiledNode } from '../../src/engine/protocol.ts';
import { profileIdSchema, sha256Schema } from '../../src/shared/domain/ids.ts';
import type { ProfileNode, ProfileRecord } from '../../src/shared/domain/profile.ts';
import { absent, type Reading } from '../../src/shared/domain/provenance.ts';

const sha256 = sha256Schema.parse('a'.repeat(64));

export function nanoseconds(value: number): Reading {
  return { value, unit: 'ns', kind: 'measured', interval: null, n: 20 };
}

/** The nodes of a profile without its graph; `sources` gives nodes of the model by name of the profiled one. */
export function readWithoutGraph(
  profiled: readonly ProfiledNode[],
  sources: Readonly<Record<string, ProfileNode['source']>> = {},
): ProfileNode[] {
  const runsNs = [1, 1, 1];
  const profile = { kind: 'profile' as const, runsNs, hostNs: runsNs, outputBytes: 0, nodes: [...profiled] };
  const result = { ...profile, sessionOptions: {}, providerOptions: {}, libraries: [], graphPath: null };
  const nodes = readNodes({ profile: result, graph: null }, create(GraphProtoSchema, {}), []);
  return nodes.map((node) => ({ ...node, source: sources[node.name] ?? null }));
}

/** A stored profile with these nodes; its roofline is absent. */
export function profileRecord(nodes: readonly ProfileNode[], changes: Partial<ProfileRecord> = {}): ProfileRecord {
  const hostToHost = nanoseconds(1_000_000);
  const ratio = { value: 1.2, unit: '1', kind: 'computed', interval: null, n: null } as const;
  const plan = { model: 'model.onnx', provider: 'cpu', batch: 1, threads: 1, dims: {}, seed: 0, inputs: null } as const;
  return {
    id: profileIdSchema.parse(`prf_${'0'.repeat(16)}`),
    plan,
    cellId: null,
    createdAt: '2026-01-02T03:04:05.000Z',
    durationS: 1,
    provenance: {
      schemaVersion: 1,
      app: { version: '0.0.0', commit: null },
      model: { id: plan.model, path: null, sha256, opsets: {}, irVersion: 8, sizeBytes: 1, parameters: 1 },
      quantization: null,
      inputs: { source: 'generated', seed: 0, sha256, distinct: 64, remarks: [] },
      runtime: {
        onnxruntime: '1.30.0',
        node: '24.0.0',
        provider: 'cpu',
        device: null,
        driver: null,
        cuda: null,
        libraries: [],
      },
      sessionOptions: {},
      machineSha256: sha256,
      machineFingerprint: sha256,
      command: 'inferometer profile model.onnx',
      startedAt: '2026-01-02T03:04:05.000Z',
    },
    passes: {
      plainRuns: 20,
      profiledRuns: 20,
      plain: hostToHost,
      profiled: nanoseconds(1_200_000),
      overhead: ratio,
      variation: 0.01,
    },
    placement: {
      label: 'device',
      deviceShare: 1,
      clock: 'run',
      providers: [{ provider: 'CPUExecutionProvider', nodes: nodes.length, share: 1 }],
      memcpyNodes: 0,
      onCpu: [],
      runs: 20,
      overheadRatio: 1.2,
    },
    label: 'cpu',
    parts: {
      hostToHost,
      copyIn: absent('nothing is copied'),
      compute: absent('not separable with this provider'),
      copyOut: absent('nothing is copied'),
      enqueue: absent('not separable with this provider'),
    },
    nodes: [...nodes],
    operators: groupOperators(nodes),
    roofline: absent('not asked'),
    findings: [],
    ...changes,
  };
}
