import type { ProfiledNode } from '../../src/engine/protocol.ts';

/** A node as the engine would report it: three runs of `hostNs` each, on the CPU unless told otherwise. */
export function profiledNode(changes: Partial<ProfiledNode> & Pick<ProfiledNode, 'name'>, hostNs = 1000): ProfiledNode {
  return {
    operator: 'MatMul',
    provider: 'CPUExecutionProvider',
    index: 0,
    calls: 1,
    durationsNs: [hostNs, hostNs, hostNs],
    gpuNs: null,
    inputs: [{ type: 'float', dims: [4, 8] }],
    outputs: [{ type: 'float', dims: [4, 8] }],
    parameterBytes: 0,
    activationBytes: 0,
    outputBytes: 0,
    ...changes,
  };
}
